import { readRun } from './read-run.js';
import type { RunReading, RunSource } from './run-source.js';

/** A run that `embedRun` wrote into this page. */
export function embeddedSource(page: Document, elementId: string): RunSource {
  return {
    read(): RunReading {
      const text = page.getElementById(elementId)?.textContent.trim() ?? '';
      if (text === '') {
        return {
          ok: false,
          problem: {
            title: 'This page holds no run yet',
            detail: 'It is the empty page that splitbrain fills in. Let the command write one with a run inside.',
          },
        };
      }
      let data: unknown;
      try {
        data = JSON.parse(text);
      } catch (error) {
        return {
          ok: false,
          problem: {
            title: 'The run in this page cannot be read',
            detail: `It is not valid JSON, so the file was probably cut short or edited: ${String(error)}`,
          },
        };
      }
      return readRun(data);
    },
  };
}

import type { RunRecord } from '../../engine/index.js';

/** The `id` of the element that holds the run in a page. */
export const RUN_ELEMENT_ID = 'run';

// Attributes are matched in any order, so that an HTML minifier may sort them.
const RUN_ELEMENT =
  /(<script\b(?=[^>]*\btype="?application\/json"?)(?=[^>]*\bid="?run"?[\s>])[^>]*>)([\s\S]*?)(<\/script>)/;

/**
 * Puts a run into the page, in place of what the page held before.
 *
 * Maps and sets are written as `{"#map": [[key, value], …]}` and `{"#set": […]}`, integers beyond a double as
 * `{"#bigint": "…"}`. Whatever a name or a message contains stays data: nothing of it can end the element or begin
 * another.
 *
 * @param pageHtml the built page, `dist/visualizer/page.html`, or a page that already holds a run.
 * @throws Error when `pageHtml` has no place for a run.
 * @example
 * const html = embedRun(await readFile('dist/visualizer/page.html', 'utf8'), record);
 */
export function embedRun(pageHtml: string, record: RunRecord): string {
  if (!RUN_ELEMENT.test(pageHtml)) {
    throw new Error('this page has no <script type="application/json" id="run"> to hold a run');
  }
  const data = runToJson(record);
  // A function, because a replacement string would give `$&` in somebody's data a meaning.
  return pageHtml.replace(RUN_ELEMENT, (_whole, open: string, _before: string, close: string) => open + data + close);
}

/** The run as JSON that is safe inside a `<script>` element of an HTML page. */
export function runToJson(record: RunRecord): string {
  return JSON.stringify(record, encodeSpecial)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function encodeSpecial(_key: string, value: unknown): unknown {
  if (value instanceof Map) return { '#map': [...(value as ReadonlyMap<unknown, unknown>)] };
  if (value instanceof Set) return { '#set': [...(value as ReadonlySet<unknown>)] };
  if (typeof value === 'bigint') return { '#bigint': value.toString() };
  return value;
}

import { UsageError } from '../engine/index.js';
import { makeScenario, type Scenario } from './scenario.js';
import type { ScenarioInput } from './schema.js';

/** What `--set` changes: a path such as `network.loss`, and a value as YAML would read a scalar. */
export type Settings = Readonly<Record<string, string>>;

/**
 * A scenario with some of its data replaced.
 *
 * @throws ScenarioError when the result makes no sense, UsageError for a path through something that has no parts.
 * @example
 * withSettings(scenario, { nodes: '7', 'network.loss': '0.1', 'options.preVote': 'true' });
 */
export function withSettings(scenario: Scenario, settings: Settings): Scenario {
  if (Object.keys(settings).length === 0) return scenario;
  let input: unknown = scenario.input;
  for (const [path, text] of Object.entries(settings)) input = replaced(input, path.split('.'), scalar(text), path);
  return makeScenario(input as ScenarioInput, {
    protocol: scenario.protocol,
    versions: scenario.versions,
    ...(scenario.file === undefined ? {} : { file: scenario.file }),
  });
}

function replaced(value: unknown, path: readonly string[], to: unknown, whole: string): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return to;
  if (key === '' || key === '__proto__') throw badPath(whole);
  if (Array.isArray(value)) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index >= value.length) throw badPath(whole);
    return value.map((item: unknown, i) => (i === index ? replaced(item, rest, to, whole) : item));
  }
  if (value !== undefined && (typeof value !== 'object' || value === null)) throw badPath(whole);
  const record = (value ?? {}) as Record<string, unknown>;
  return { ...record, [key]: replaced(record[key], rest, to, whole) };
}

function badPath(path: string): UsageError {
  return new UsageError(
    'bad-setting',
    `there is no place ${JSON.stringify(path)} in the scenario`,
    'e.g. --set network.loss=0.1',
  );
}

/** Numbers, booleans, null, JSON lists and objects; everything else is a text. */
export function scalar(text: string): unknown {
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (text === 'null') return null;
  if (/^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (/^[[{"]/.test(text)) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
  return text;
}

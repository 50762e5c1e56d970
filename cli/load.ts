import { existsSync } from 'node:fs';
import { extname, isAbsolute, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';
import { UsageError } from '../engine/index.js';
import {
  catalogue,
  nearest,
  readYamlScenario,
  ScenarioError,
  scenarioNamed,
  type Experiment,
  type Scenario,
} from '../scenarios/index.js';
import { readText } from './files.js';

const CODE = new Set(['.ts', '.mts', '.js', '.mjs']);
const YAML = new Set(['.yaml', '.yml']);

/**
 * A scenario by its name in the catalogue, or from a file: YAML, or TypeScript and JavaScript that export one.
 *
 * @throws UsageError for what is neither, or makes no sense.
 */
export async function loadScenario(target: string): Promise<Scenario | Experiment> {
  const extension = extname(target);
  if (YAML.has(extension)) return readYamlScenario(readText(target), shown(target));
  if (CODE.has(extension)) return loadCode(target);
  if (catalogue.some(({ name }) => name === target)) return scenarioNamed(target);
  if (extension !== '' && existsSync(target)) {
    throw new UsageError('scenario-file', `${target}: a scenario file ends in .yaml, .yml, .ts or .js`);
  }
  return scenarioNamed(target);
}

/** A file's path as it was meant: relative to where the command runs, so that it can be repeated there. */
function shown(file: string): string {
  const path = isAbsolute(file) ? relative(process.cwd(), file) : file;
  return path.startsWith('..') ? resolve(file) : path;
}

async function loadCode(file: string): Promise<Scenario | Experiment> {
  if (!existsSync(file)) {
    throw new UsageError('file', `cannot read ${file}: there is no such file`, nearest(file, catalogue.map(({ name }) => name)));
  }
  const dist = fileURLToPath(new URL('../', import.meta.url));
  // What people import by the package's name is this very copy, wherever their file lies.
  const alias = Object.fromEntries(
    ['engine', 'checkers', 'scenarios', 'fuzz'].map((room) => [`splitbrain/${room}`, `${dist}${room}/index.js`]),
  );
  const jiti = createJiti(import.meta.url, {
    alias: { ...alias, 'splitbrain/protocols': `${dist}protocols`, splitbrain: `${dist}engine/index.js` },
    moduleCache: false,
    fsCache: false,
  });
  let exported: Record<string, unknown>;
  try {
    exported = await jiti.import(resolve(file));
  } catch (error) {
    if (error instanceof UsageError) throw error instanceof ScenarioError ? inFile(file, error) : error;
    const { name, message } = error as Error;
    throw new UsageError('scenario-code', `${shown(file)} cannot be loaded: ${name}: ${message.split('\n')[0]}`);
  }
  const found = Object.values(exported).filter(isRunnable);
  if (found.length === 0) {
    throw new UsageError('scenario-code', `${shown(file)} exports no scenario`, 'export const mine = defineScenario({ … })');
  }
  if (found.length > 1) {
    const names = found.map(({ name }) => name).join(', ');
    throw new UsageError('scenario-code', `${shown(file)} exports ${found.length} scenarios (${names})`, 'export one a file');
  }
  const [scenario] = found;
  return scenario!.kind === 'scenario' ? { ...scenario!, file: shown(file) } : scenario!;
}

function inFile(file: string, error: ScenarioError): UsageError {
  return new UsageError(error.code, `${shown(file)}: ${error.message}`, error.hint);
}

function isRunnable(value: unknown): value is Scenario | Experiment {
  const kind = (value as { readonly kind?: unknown } | null | undefined)?.kind;
  return kind === 'scenario' || kind === 'experiment';
}

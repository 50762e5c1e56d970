import { existsSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';
import { UsageError } from '../engine/index.js';
import {
  catalogue,
  placeOfName,
  protocols,
  readYamlScenario,
  scenarioNamed,
  type Experiment,
  type Scenario,
} from '../scenarios/index.js';
import { codeProblem, shown } from './code-problem.js';
import { isFolder, readText } from './files.js';

const CODE = new Set(['.ts', '.mts', '.js', '.mjs']);
const YAML = new Set(['.yaml', '.yml']);
const STDIN = '-';

export type LoadScenario = (target: string, source?: string) => Promise<Scenario | Experiment>;

/**
 * A scenario by its name in the catalogue, or from a file: YAML, or TypeScript and JavaScript that export one.
 *
 * @param source the text, where `target` is `-`: YAML that came from standard input
 * @throws UsageError for what is neither, or makes no sense.
 */
export async function loadScenario(target: string, source?: string): Promise<Scenario | Experiment> {
  if (target === STDIN) return readYamlScenario(source ?? readText(STDIN), 'standard input');
  const extension = extname(target);
  if (YAML.has(extension)) return readYamlScenario(readText(target), shown(target));
  if (CODE.has(extension)) return loadCode(target);
  if (catalogue.some(({ name }) => name === target)) return scenarioNamed(target);
  if (existsSync(target)) {
    throw new UsageError(
      'scenario-file',
      `${target} is no scenario file`,
      'a file that ends in .yaml, .yml, .ts, .mts, .js or .mjs was expected',
    );
  }
  return scenarioNamed(target);
}

async function loadCode(file: string): Promise<Scenario | Experiment> {
  if (!existsSync(file)) throw new UsageError('file', `cannot read ${file}: there is no such file`);
  if (isFolder(file)) throw new UsageError('file', `cannot read ${file}: it is a folder`);
  let exported: Record<string, unknown>;
  try {
    exported = await importer().import(resolve(file));
  } catch (error) {
    throw codeProblem(file, error);
  }
  const found = [...new Set(Object.values(exported).filter(isRunnable))];
  if (found.length === 0) {
    const names = Object.keys(exported).join(', ') || 'nothing';
    const hint = `export const mine = defineScenario({ … }) was expected, found ${names}`;
    throw new UsageError('scenario-code', `${shown(file)} exports no scenario`, hint);
  }
  if (found.length > 1) {
    const names = found.map(({ name }) => name).join(', ');
    throw new UsageError(
      'scenario-code',
      `${shown(file)} exports ${found.length} scenarios (${names})`,
      'export one a file',
    );
  }
  const [scenario] = found;
  return scenario!.kind === 'scenario' ? { ...scenario!, file: shown(file) } : scenario!;
}

/** What people import by the package's name is this very copy, wherever their file lies. */
function importer(): ReturnType<typeof createJiti> {
  const dist = fileURLToPath(new URL('../', import.meta.url));
  const rooms = ['engine', 'checkers', 'scenarios', 'fuzz'].map(
    (room) => [`splitbrain/${room}`, `${dist}${room}/index.js`] as const,
  );
  const shipped = protocols.map(
    ({ name }) => [`splitbrain/protocols/${name}`, `${dist}protocols/${name}/protocol.js`] as const,
  );
  return createJiti(import.meta.url, {
    alias: { ...Object.fromEntries([...rooms, ...shipped]), splitbrain: `${dist}engine/index.js` },
    moduleCache: false,
    fsCache: false,
  });
}

/**
 * An error about names that a file gives, with the file, and where the name stands in it if that can be found.
 *
 * @param text of the file, where it is known already and may be searched
 */
export function locatedInFile(error: unknown, file: string, text: string | null): unknown {
  if (!(error instanceof UsageError) || error.message.startsWith(file)) return error;
  let place = null;
  try {
    const searched = text ?? (YAML.has(extname(file)) ? readText(file) : null);
    place = searched === null ? null : placeOfName(searched, error.message);
  } catch {
    // The file is gone: then the message has to do without the place.
  }
  const at = place === null ? '' : `:${place.line}:${place.column}`;
  return new UsageError(error.code, `${file}${at}: ${error.message}`, error.hint);
}

function isRunnable(value: unknown): value is Scenario | Experiment {
  const kind = (value as { readonly kind?: unknown } | null | undefined)?.kind;
  return kind === 'scenario' || kind === 'experiment';
}

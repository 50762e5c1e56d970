import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Finding {
  /** 1-based. */
  readonly line: number;
  readonly code: number;
  readonly message: string;
}

export interface CompileOptions {
  /** Ambient types: none inside a simulation, `['node']` for code that runs the command or a test. */
  readonly types: readonly string[];
  /** The package's exports stand for the sources, so that a snippet can import it as a user does. */
  readonly asUser?: boolean;
  /** Left over in a snippet that shows one thing only. */
  readonly allowUnused?: boolean;
}

/**
 * Type-checks files that exist in memory only, against the sources of the rooms, with the project's own strictness.
 *
 * @param files Text by path relative to the checkout; the folder decides what relative imports mean.
 * @returns what TypeScript says about each of these files, by path.
 */
export function compile(files: ReadonlyMap<string, string>, options: CompileOptions): Map<string, Finding[]> {
  const texts = new Map([...files].map(([path, text]) => [root + path, text]));
  const compilerOptions = optionsFor(options);
  const host = ts.createCompilerHost(compilerOptions);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.getSourceFile = (path, languageVersion, ...rest) => {
    const text = texts.get(path);
    if (text === undefined) return getSourceFile(path, languageVersion, ...rest);
    return ts.createSourceFile(path, text, languageVersion, true);
  };
  host.directoryExists = (path) =>
    ts.sys.directoryExists(path) || [...texts.keys()].some((one) => one.startsWith(path));

  const program = ts.createProgram([...texts.keys(), `${root}engine/seedrandom.d.ts`], compilerOptions, host);
  return new Map([...files.keys()].map((path) => [path, findings(program, root + path)]));
}

function findings(program: ts.Program, path: string): Finding[] {
  const source = program.getSourceFile(path);
  const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  return diagnostics.map(({ start, code, messageText }) => ({
    line: source === undefined ? 0 : source.getLineAndCharacterOfPosition(start ?? 0).line + 1,
    code,
    message: ts.flattenDiagnosticMessageText(messageText, '\n'),
  }));
}

function optionsFor({ types, asUser, allowUnused }: CompileOptions): ts.CompilerOptions {
  const base = ts.readConfigFile(`${root}tsconfig.base.json`, (path) => readFileSync(path, 'utf8'));
  const parsed = ts.parseJsonConfigFileContent({ ...base.config, files: [] }, ts.sys, root);
  const compilerOptions: ts.CompilerOptions = {
    ...parsed.options,
    types: [...types],
    noEmit: true,
    composite: false,
    incremental: false,
    // A snippet without an import is a module all the same, and shares no names with the others.
    moduleDetection: ts.ModuleDetectionKind.Force,
    declaration: false,
    declarationMap: false,
  };
  if (allowUnused === true) Object.assign(compilerOptions, { noUnusedLocals: false, noUnusedParameters: false });
  if (asUser === true) compilerOptions.paths = sourcesOfExports();
  return compilerOptions;
}

/** `splitbrain/checkers` → `checkers/index.ts`, for every export of the package. */
function sourcesOfExports(): Record<string, string[]> {
  const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    exports: Record<string, string | { types: string }>;
  };
  const paths: Record<string, string[]> = {};
  for (const [name, target] of Object.entries(exports)) {
    if (typeof target === 'string') continue;
    paths[`splitbrain${name.slice(1)}`] = [target.types.replace('./dist/', root).replace('.d.ts', '.ts')];
  }
  return paths;
}

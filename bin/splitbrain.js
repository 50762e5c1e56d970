#!/usr/bin/env node
// The command. Everything it does lives in dist/cli; this file only makes sure that what it starts can be trusted to start.
// Kept to syntax that old Nodes parse, so that they get the one line below and no stack.

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

// NO_COLOR wins over FORCE_COLOR. Node would take it the other way round, and warn about it, in every thread.
if (process.env['NO_COLOR']) delete process.env['FORCE_COLOR'];

// A reader that has seen enough (`| head`) is no error, and nothing more can be said to it.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode || 0);
    // What was to be told is lost: the status must not be read as a verdict.
    const why = error.code === 'ENOSPC' ? 'the disk is full' : error.message;
    if (stream === process.stdout) process.stderr.write('splitbrain: cannot write to standard output: ' + why + '\n');
    process.exit(2);
  });
}

if (major < 20 || (major === 20 && minor < 19)) {
  refuse(`splitbrain needs Node 20.19 or newer; this is Node ${process.versions.node}.`);
} else {
  await start(process.argv.slice(2));
}

/** @param {string[]} argv */
async function start(argv) {
  const { existsSync } = await import('node:fs');
  const root = new URL('../', import.meta.url);
  const main = new URL('dist/cli/main.js', root);
  if (!existsSync(main)) return refuse('splitbrain is not built yet: run `npm ci` (or `npm run build`) in its folder.');

  // Only a checkout has sources beside dist.
  if (existsSync(new URL('engine/tsconfig.json', root))) {
    const { staleSource } = await import('./build-stamp.js');
    const wantsPage = argv.some((word) => /^(open|html|--html(=.*)?)$/.test(word));
    const source = staleSource('code') ?? (wantsPage ? staleSource('page') : null);
    if (source !== null) {
      return refuse(`dist is older than ${source}: run \`npm run build\`, then try again.`);
    }
  }

  const { main: run } = await import(main.href);
  process.exitCode = await run(argv);
}

/** @param {string} line */
function refuse(line) {
  process.stderr.write(line + '\n');
  process.exitCode = 2;
}

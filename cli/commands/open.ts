import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../../engine/index.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit.js';
import { portOption, seedOption, settingOption, type Settings } from '../options.js';

interface OpenFlags {
  readonly seed: string;
  readonly set?: Settings;
  readonly bug?: string;
  readonly port: number;
}

const TRACES = new Set(['.jsonl', '.json', '.trace']);

export function addOpen(program: Command, context: CommandContext, done: (code: ExitCode) => void): void {
  program
    .command('open')
    .summary('look at a run in the browser')
    .description('Serves the page of a run, on this machine only, until Ctrl-C.')
    .argument('<run>', 'a scenario (a name or a file), a trace (.jsonl) or a repro (.json)')
    .option('-s, --seed <seed>', 'seed of a scenario', seedOption, '1')
    .option('--set <key=value>', 'change the scenario', settingOption)
    .option('-b, --bug <name>', 'switch on a planted bug')
    .option('-p, --port <port>', 'port; 0 takes a free one', portOption, 0)
    .addHelpText(
      'after',
      `
Examples:
  splitbrain open raft/leader-crash --seed 42
  splitbrain open .splitbrain/raft-leader-crash-counts-votes-not-voters-7.json`,
    )
    .action(async (target: string, flags: OpenFlags) => {
      const { terminal } = context;
      const html = await pageOf(target, flags, context);
      const server = createServer((request, response) => {
        // Whoever comes by another name than this machine's own may be a page elsewhere that was sent here.
        const host = (request.headers.host ?? '').replace(/:\d+$/, '');
        if (host !== '127.0.0.1' && host !== 'localhost') return response.writeHead(403).end();
        if (request.url !== '/') return response.writeHead(404).end();
        return response
          .writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
          .end(html);
      });
      await new Promise<void>((resolve, reject) => {
        server
          .once('error', (error) => reject(portProblem(error, flags.port)))
          .listen(flags.port, '127.0.0.1', resolve);
      });
      const { port } = server.address() as AddressInfo;
      terminal.out(`${target} is at http://127.0.0.1:${port}/   (Ctrl-C ends it)`);
      await new Promise<void>((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
      server.close();
      server.closeAllConnections();
      done(EXIT.ok);
    });
}

function portProblem(error: Error, port: number): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return new UsageError('port', `port ${port} is in use`, 'leave --port out to get a free one');
  return code === 'EACCES'
    ? new UsageError('port', `port ${port} needs more rights`, 'take one from 1024 on, or leave --port out')
    : error;
}

async function pageOf(target: string, flags: OpenFlags, { pool, terminal }: CommandContext): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-'));
  const htmlFile = join(folder, 'run.html');
  const shape = { htmlFile, colour: false, columns: 100 };
  try {
    terminal.progress(`running ${target}`);
    if (TRACES.has(extname(target))) await pool.run({ kind: 'replay', file: target, ...shape });
    else {
      const bug = flags.bug === undefined ? {} : { bug: flags.bug };
      await pool.run({ kind: 'run', target, settings: flags.set ?? {}, seed: flags.seed, ...bug, ...shape });
    }
    terminal.settle();
    return readFileSync(htmlFile, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../../engine/index.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit.js';
import { writeWhole } from '../files.js';
import { newProtocolFiles } from '../new-protocol.js';

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

export function addNew(program: Command, { terminal }: CommandContext, done: (code: ExitCode) => void): void {
  program
    .command('new')
    .summary('a protocol to start from, with its scenario and test')
    .description('Makes a folder with a small protocol that works, a scenario that tries to break it, and a test.')
    .argument('<name>', 'lower-case words with -, e.g. my-protocol; the folder is made where you are')
    .addHelpText(
      'after',
      `
Example:
  splitbrain new my-register && splitbrain fuzz my-register/scenario.ts`,
    )
    .action((name: string) => {
      if (!NAME.test(name)) {
        throw new UsageError(
          'name',
          `${JSON.stringify(name)} is no name for a protocol`,
          'lower-case words with - between them were expected, e.g. my-protocol',
        );
      }
      if (existsSync(name))
        throw new UsageError(
          'exists',
          `there is a file or folder ${name} already`,
          'choose another name, or remove it',
        );
      for (const [file, content] of Object.entries(newProtocolFiles(name))) {
        writeWhole(join(name, file), [content]);
        terminal.out(`wrote ${join(name, file)}`);
      }
      terminal.out(
        `\nNow:\n  npx splitbrain run ${name}/scenario.ts\n  npx splitbrain fuzz ${name}/scenario.ts --runs 200`,
      );
      terminal.out(`then keep the value in volatile state instead of durable (${name}/protocol.ts), and fuzz again.`);
      done(EXIT.ok);
    });
}

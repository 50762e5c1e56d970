import type { Pool } from './pool.js';
import type { Terminal } from './terminal.js';

/** What commands work with. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly pool: Pool;
  /** True once the user has pressed Ctrl-C: a campaign then ends in good order. */
  interrupted(): boolean;
}

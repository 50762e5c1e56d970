import type { HostServices } from './config.js';
import type { Interner } from './interner.js';
import type { NodeTable } from './nodes.js';
import { REQUEST_PREFIX } from './runtime.js';

/** How many steps back a livelock's cycle is looked for: a power of two. */
const RECENT = 64;
/** The key of every handler where the host gives none. */
const NAMELESS = 1;

/** Which handlers ran lately, and which runs now: what a livelock consists of, and who never comes to an end. */
export class HandlerLog {
  private steps = 0;
  /** Of each of the last steps its node and its handler, as `run` was given them. */
  private readonly recent = new Int32Array(RECENT * 2);
  /** Keys by node and handler, from 1: 0 says that no handler runs, and what is below zero is the host's own. */
  private readonly keys: (number | undefined)[][] = [];
  private readonly progress: Int32Array | undefined;

  constructor(
    private readonly nodes: NodeTable,
    private readonly types: Interner,
    private readonly host: HostServices | undefined,
  ) {
    this.progress = host?.progress;
  }

  /** @param name the number of a message type or a title; of a timer's name the complement, as it may be a message's too. */
  began(node: number, name: number): void {
    const at = (this.steps++ & (RECENT - 1)) * 2;
    this.recent[at] = node;
    this.recent[at + 1] = name;
    if (this.progress !== undefined) this.tell(this.progress, node, name);
  }

  ended(): void {
    if (this.progress !== undefined) this.progress[1] = 0;
  }

  /** For whoever watches from another thread whether a handler ever ends. */
  private tell(progress: Int32Array, node: number, name: number): void {
    const own = (this.keys[node] ??= []);
    const which = name < 0 ? ~name * 2 + 1 : name * 2;
    progress[0] = this.steps;
    progress[1] = own[which] ??= this.host?.keyOf?.(this.nameOf(node, name)) ?? NAMELESS;
  }

  /** A handler's name for people: `n2's onMessage.Vote`. */
  nameOf(node: number, name: number): string {
    const { protocol } = this.nodes.runtimes[node]!;
    const text = this.types.text(name < 0 ? ~name : name);
    let title = text;
    if (name < 0) title = `onTimer.${text}`;
    else if (Object.hasOwn(protocol.onMessage, text)) title = `onMessage.${text}`;
    else if (text.startsWith(REQUEST_PREFIX)) title = `onRequest.${text.slice(REQUEST_PREFIX.length)}`;
    return `${protocol.name}'s ${title} at ${this.nodes.ids[node]!}`;
  }

  /** Names of the handlers that ran last, oldest first. */
  last(): string[] {
    const names: string[] = [];
    for (let i = Math.max(0, this.steps - RECENT); i < this.steps; i++) {
      const at = (i & (RECENT - 1)) * 2;
      names.push(this.nameOf(this.recent[at]!, this.recent[at + 1]!));
    }
    return names;
  }
}

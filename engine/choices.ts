import { AleaGenerators } from './alea-generators.js';
import { ReplayMismatch } from './errors.js';

/**
 * The one door for chance. Whatever could have gone otherwise is a number in [0, 1) drawn from a named stream. A choice is
 * known by its stream (what is decided, and for whom) and by its number in the stream: "the 3rd AppendEntries from n1 to n2
 * is lost" stays the same choice when another message is removed.
 */
export interface Stream {
  /** What is decided, e.g. `net.latency`. */
  readonly label: string;
  /** For whom, e.g. `n1>n2 AppendEntries`. */
  readonly scope: string;
  /** The value that makes nothing interesting happen: what shrinking goes for. */
  readonly dull: number;
  /** Choices drawn so far, counted where they are recorded, replayed or overridden. */
  count: number;
  /** Where its generator is, -1 before the first draw. */
  generator: number;
  /** Streams made before a fork are seeded anew after it. */
  generation: number;
  /** Index in the record's table of names, -1 until recorded. */
  recorded: number;
}

/** A log of choices, in the order in which they were drawn. */
export interface ChoiceLog {
  /** Names of streams, `label scope`. */
  readonly streams: string[];
  /** Index into `streams`, one per choice. */
  readonly which: number[];
  readonly values: number[];
}

export function emptyChoiceLog(): ChoiceLog {
  return { streams: [], which: [], values: [] };
}

export interface ChoicesOptions {
  /** Keeps a log of every choice. */
  readonly record?: boolean;
  /** Replays strictly: the same choices in the same order, or a `ReplayMismatch`. */
  readonly replay?: ChoiceLog;
  /** Replays by key (`label scope#n`, n from 1): what is not named takes its usual way. */
  readonly overrides?: ReadonlyMap<string, number>;
  /** For choices that `overrides` does not name: drawn as usual, or the dull choice. */
  readonly missing?: 'usual' | 'dull';
  /** How many times likelier than its nature a branch marked with `node.rarely` is taken: probability, default 0.001. */
  readonly rarely?: number;
}

const RARELY = 0.001;

/** Names a choice in a repro: `net.loss n1>n2 AppendEntries#3`. */
export function choiceKey(label: string, scope: string, number: number): string {
  return `${streamName(label, scope)}#${number}`;
}

function streamName(label: string, scope: string): string {
  return scope === '' ? label : `${label} ${scope}`;
}

export class Choices {
  readonly log: ChoiceLog | null;
  readonly rarely: number;
  private readonly replaying: ChoiceLog | null;
  private readonly overrides: ReadonlyMap<string, number> | null;
  private readonly missingIsDull: boolean;
  /** Nothing is recorded, replayed or overridden: draw and be gone. */
  readonly plain: boolean;
  private readonly used = new Set<string>();
  private readonly shared = new Map<string, Stream>();
  private readonly generators = new AleaGenerators();
  private position = 0;
  private generation = 0;

  constructor(
    private seed: string,
    options: ChoicesOptions = {},
  ) {
    this.log = options.record === true ? emptyChoiceLog() : null;
    this.replaying = options.replay ?? null;
    this.overrides = options.overrides ?? null;
    this.missingIsDull = options.missing === 'dull';
    this.rarely = options.rarely ?? RARELY;
    this.plain = this.log === null && this.replaying === null && this.overrides === null && !this.missingIsDull;
  }

  /** A stream. Whoever draws from it often keeps it. */
  stream(label: string, scope: string, dull: number): Stream {
    return { label, scope, dull, count: 0, generator: -1, generation: this.generation, recorded: -1 };
  }

  /** The one stream of this label and scope, for those who draw now and then and keep nothing. */
  sharedStream(label: string, scope: string, dull: number): Stream {
    const name = `${label.length} ${label} ${scope}`;
    let stream = this.shared.get(name);
    if (stream === undefined) this.shared.set(name, (stream = this.stream(label, scope, dull)));
    return stream;
  }

  /** The next choice of the stream, in [0, 1). */
  draw(stream: Stream): number {
    return this.plain ? this.usual(stream) : this.careful(stream);
  }

  /** `draw`, where all is `plain`, from a stream's generator itself; not across a fork. */
  next(generator: number): number {
    return this.generators.next(generator);
  }

  /** Nothing will be drawn from this stream any more. */
  retire(stream: Stream): void {
    if (stream.generator >= 0) this.generators.release(stream.generator);
    stream.generator = -1;
  }

  /** From here on, every stream goes another way: the what-if of a run. */
  fork(seed: string): void {
    this.seed = `${lengthPrefixed(this.seed)}fork${lengthPrefixed(seed)}`;
    this.generation++;
  }

  /** Overrides that no choice of the run answered to, e.g. after an edit. */
  unusedOverrides(): readonly string[] {
    return this.overrides === null ? [] : [...this.overrides.keys()].filter((key) => !this.used.has(key));
  }

  /** To be called when a strict replay has ended. */
  finish(): void {
    const replaying = this.replaying;
    if (replaying !== null && this.position < replaying.values.length) {
      throw new ReplayMismatch(this.position, replaying.streams[replaying.which[this.position]!]!, null);
    }
  }

  private careful(stream: Stream): number {
    stream.count++;
    const name = streamName(stream.label, stream.scope);
    let value: number;
    if (this.replaying !== null) {
      value = this.replayed(this.replaying, name);
    } else {
      const key = `${name}#${stream.count}`;
      const override = this.overrides?.get(key);
      // The stream advances in any case, so that overriding one choice leaves the later ones as they are.
      const usual = this.missingIsDull ? stream.dull : this.usual(stream);
      if (override !== undefined) this.used.add(key);
      value = override ?? usual;
    }
    if (this.log !== null) {
      if (stream.recorded < 0) stream.recorded = this.log.streams.push(name) - 1;
      this.log.which.push(stream.recorded);
      this.log.values.push(value);
    }
    return value;
  }

  private replayed(replaying: ChoiceLog, name: string): number {
    const which = replaying.which[this.position];
    const expected = which === undefined ? null : replaying.streams[which]!;
    if (expected !== name) throw new ReplayMismatch(this.position, expected, name);
    return replaying.values[this.position++]!;
  }

  private usual(stream: Stream): number {
    if (stream.generator < 0 || stream.generation !== this.generation) {
      // Each part is prefixed with its length, so that no two streams share a seed.
      const seed = lengthPrefixed(this.seed) + lengthPrefixed(stream.label) + lengthPrefixed(stream.scope);
      stream.generator = this.generators.seed(stream.generator, seed);
      stream.generation = this.generation;
    }
    return this.generators.next(stream.generator);
  }
}

function lengthPrefixed(text: string): string {
  return `${text.length}:${text}`;
}

/** An integer in [min, max] from a choice. */
export function toInteger(choice: number, min: number, max: number): number {
  return min + Math.floor(choice * (max - min + 1));
}

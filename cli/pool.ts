import { Worker } from 'node:worker_threads';
import { UsageError } from '../engine/index.js';
import { partialName, removeIfThere } from './files.js';
import { LOADING, SHARED, type Job, type ResultOf, type WorkerMessage } from './jobs.js';

/** A handler that never returns is taken to be lost after this long without another step. */
const HANG_MS_USUAL = 10_000;
const HANG_MS = hangMs(process.env['SPLITBRAIN_HANG_MS']);
/** Translating TypeScript takes its time on a busy machine. */
const LOADING_MS = 5 * HANG_MS;
const LOOK_EVERY_MS = Math.min(250, HANG_MS / 4);

function hangMs(text: string | undefined): number {
  const value = Number(text);
  return text !== undefined && value >= 1 && Number.isFinite(value) ? value : HANG_MS_USUAL;
}

/** A handler never came back: a finding about the protocol, made from outside. */
export class HungHandler extends Error {
  override readonly name = 'HungHandler';
  constructor(
    readonly handler: string,
    readonly steps: number,
    /** Index of the seed that it was lost in, in a job of several. */
    readonly seedIndex: number,
  ) {
    super(
      `${handler} (or an invariant after it) has not returned for ${HANG_MS / 1_000} s, in step ${steps}: it loops for ever`,
    );
  }
}

/** A bug of ours that came up in a worker, with its stack. */
export class WorkerFailure extends Error {
  override readonly name = 'WorkerFailure';
}

/** One worker thread and the watch over it. Ended when a job ends badly; made anew for the next. */
class WatchedWorker {
  private worker: Worker | null = null;
  private readonly shared = new Int32Array(new SharedArrayBuffer(4 * SHARED.length));
  private readonly handlers = new Map<number, string>();

  /** @throws UsageError, HungHandler or WorkerFailure. */
  run<J extends Job>(job: J, progress: (done: number | null, steps: number) => void): Promise<ResultOf<J>> {
    const worker = (this.worker ??= new Worker(new URL('./worker.js', import.meta.url), {
      workerData: { progress: this.shared },
    }));
    for (const field of [SHARED.handler, SHARED.seed, SHARED.stop]) Atomics.store(this.shared, field, 0);
    return new Promise((resolve, reject) => {
      let done: number | null = null;
      let seen = -1;
      let since = performance.now();
      const watch = setInterval(() => {
        const steps = Atomics.load(this.shared, SHARED.steps);
        const key = Atomics.load(this.shared, SHARED.handler);
        progress(done, steps);
        if (key === 0 || steps !== seen) {
          seen = steps;
          since = performance.now();
        } else if (performance.now() - since > (key === LOADING ? LOADING_MS : HANG_MS)) {
          const seedIndex = Atomics.load(this.shared, SHARED.seed);
          const error =
            key === LOADING
              ? stillLoading(job)
              : new HungHandler(this.handlers.get(key) ?? 'a handler', steps, seedIndex);
          void this.end();
          finish(() => reject(error));
        }
      }, LOOK_EVERY_MS);
      const onMessage = (message: WorkerMessage): void => {
        if (message.type === 'announce') this.handlers.set(message.key, message.handler);
        else if (message.type === 'progress') done = message.done;
        else if (message.type === 'result') finish(() => resolve(message.result as ResultOf<J>));
        else {
          const { kind, code, message: text, hint, stack } = message.error;
          finish(() => reject(kind === 'usage' ? new UsageError(code, text, hint) : failure(text, stack)));
        }
      };
      const onError = (error: unknown): void => {
        void this.end();
        finish(() => reject(outOfMemory(error) ?? failure(String(error), (error as Error).stack)));
      };
      const onExit = (code: number): void =>
        finish(() => reject(failure(`the worker thread ended with status ${code}`, undefined)));
      const finish = (settle: () => void): void => {
        clearInterval(watch);
        // Only our own: a worker's own listeners are what keeps its messages coming.
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        settle();
      };
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      worker.postMessage(job);
    });
  }

  stop(): void {
    Atomics.store(this.shared, SHARED.stop, 1);
  }

  async end(): Promise<void> {
    this.handlers.clear();
    const worker = this.worker;
    this.worker = null;
    await worker?.terminate();
  }
}

function stillLoading(job: Job): UsageError {
  const target = 'target' in job ? job.target : 'file' in job ? job.file : job.kind;
  return new UsageError(
    'scenario-code',
    `${target} has not finished loading after ${LOADING_MS / 1_000} s: does it loop for ever?`,
  );
}

function failure(message: string, stack: string | undefined): WorkerFailure {
  const error = new WorkerFailure(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

function outOfMemory(error: unknown): UsageError | null {
  const code = (error as { readonly code?: string } | null)?.code;
  if (code !== 'ERR_WORKER_OUT_OF_MEMORY') return null;
  return new UsageError(
    'memory',
    'the run needs more memory than there is',
    'shorten it (--set until=…) or set a budget in the scenario',
  );
}

/** Worker threads, used in turn. */
export class Pool {
  private readonly idle: WatchedWorker[] = [];
  private readonly all: WatchedWorker[] = [];
  /** Files that a job may have left half written. */
  private readonly outputs: string[] = [];

  async run<J extends Job>(
    job: J,
    progress: (done: number | null, steps: number) => void = () => {},
  ): Promise<ResultOf<J>> {
    let worker = this.idle.pop();
    if (worker === undefined) this.all.push((worker = new WatchedWorker()));
    for (const field of ['traceFile', 'historyFile', 'evidenceFile', 'htmlFile'] as const) {
      const file = (job as Partial<Record<typeof field, string>>)[field];
      if (file !== undefined) this.outputs.push(file);
    }
    try {
      const result = await worker.run(job, progress);
      this.idle.push(worker);
      return result;
    } catch (error) {
      // Who only refused what it was given is as good as before.
      if (error instanceof UsageError) this.idle.push(worker);
      else await worker.end();
      throw error;
    }
  }

  /** Asks jobs of several seeds to come back with what they have. */
  stopSeeds(): void {
    for (const worker of this.all) worker.stop();
  }

  /** Ends all threads, and removes what they were about to write. */
  async close(): Promise<void> {
    await Promise.all(this.all.map((worker) => worker.end()));
    for (const file of this.outputs) removeIfThere(partialName(file));
  }
}

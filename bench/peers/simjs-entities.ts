import { createRequire } from 'node:module';
import { contestantMain } from '../measure.js';
import { absorb, BEAT_US, foldChecksum, LATENCY_US_MAX, LATENCY_US_MIN, type Workload } from '../workloads.js';

/** What simjs has of use here. The package brings no types. */
interface SimjsEntity {
  setTimer(duration: number): { done(callback: (this: SimjsEntity) => void): unknown };
  send(message: Message, delay: number, to: SimjsEntity): void;
}
interface SimjsSim {
  addEntity<E extends SimjsEntity, A extends unknown[]>(
    Class: { new (...args: never[]): E; prototype: { start(...args: A): void } },
    name: string,
    ...args: A
  ): E;
  simulate(endTime: number): boolean;
}
interface Simjs {
  Sim: new () => SimjsSim;
  Entity: new (sim: SimjsSim, name: string) => SimjsEntity;
}

/** The package is a bundle for browsers: it hangs itself on `window`, and exports nothing. */
function loadSimjs(): Simjs {
  const browser: { Sim?: Simjs } = {};
  Object.defineProperty(globalThis, 'window', { value: browser, configurable: true });
  createRequire(import.meta.url)('simjs');
  Reflect.deleteProperty(globalThis, 'window');
  if (browser.Sim === undefined) throw new Error('simjs did not define window.Sim');
  return browser.Sim;
}

interface Message {
  readonly type: 'Ping' | 'Beat';
  readonly from: number;
  readonly counter: number;
}

interface Run {
  readonly rounds: number;
  readonly nodes: PeerNode[];
  readonly random: Xorshift;
  events: number;
}

/** Marsaglia's xorshift32 (2003), as in the C++ contestants: cheaper than the Mersenne Twister that simjs brings. */
class Xorshift {
  private state = 2463534242 | 0;

  latencyUs(): number {
    let state = this.state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.state = state;
    return LATENCY_US_MIN + Math.floor(((state >>> 0) / 4294967296) * (LATENCY_US_MAX - LATENCY_US_MIN + 1));
  }
}

const simjs = loadSimjs();

class PeerNode extends simjs.Entity {
  sum = 0;
  private beat = 0;
  private run!: Run;
  private id = 0;
  private peers: PeerNode[] = [];

  /** Called by `addEntity`. */
  start(run: Run, id: number): void {
    this.run = run;
    this.id = id;
  }

  begin(isPingPong: boolean): void {
    const { run } = this;
    this.peers = run.nodes.filter((node) => node !== this);
    if (!isPingPong) this.setTimer(BEAT_US).done(this.onTimer);
    else if (this.id === 0) this.sendTo(run.nodes[1]!, { type: 'Ping', from: 0, counter: 1 });
  }

  /** Called by simjs when a message arrives. */
  onMessage(_sender: PeerNode, message: Message): void {
    const { run } = this;
    run.events++;
    this.sum = absorb(this.sum, message.counter, message.from);
    if (message.type === 'Ping' && message.counter < run.rounds) {
      this.sendTo(run.nodes[message.from]!, { type: 'Ping', from: this.id, counter: message.counter + 1 });
    }
  }

  private onTimer(): void {
    const { run, peers } = this;
    run.events++;
    this.beat++;
    for (const peer of peers) this.sendTo(peer, { type: 'Beat', from: this.id, counter: this.beat });
    if (this.beat < run.rounds) this.setTimer(BEAT_US).done(this.onTimer);
  }

  private sendTo(to: PeerNode, message: Message): void {
    this.send(message, this.run.random.latencyUs(), to);
  }
}

function simulate(workload: Workload, rounds: number): { events: number; checksum: number } {
  const sim = new simjs.Sim();
  const run: Run = { rounds, nodes: [], random: new Xorshift(), events: 0 };
  for (let id = 0; id < workload.nodes; id++) run.nodes.push(sim.addEntity(PeerNode, `n${id + 1}`, run, id));
  for (const node of run.nodes) node.begin(workload.name === 'ping-pong');
  sim.simulate(Infinity);
  return { events: run.events, checksum: foldChecksum(run.nodes.map((node) => node.sum)) };
}

contestantMain('simjs', simulate, process.argv.slice(2));

import type { Change, FaultNote, HistoryEvent, Plain, RunRecord, TraceEvent } from '../../engine/index.js';
import { diffPlain } from './diff-plain.js';

/**
 * A made-up run with the look of Raft, for tests of the page only: five nodes, an election, a partition during which
 * the old leader still answers a read (stale), a crash with a restart, losses, and clients. It follows no paper and
 * checks nothing; its point is to have everything that a page must draw, deterministically.
 */
export interface SyntheticOptions {
  /** The run goes on, with traffic, until it has at least this many events. */
  readonly eventsMin?: number;
  readonly states?: boolean;
  readonly seed?: number;
}

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'];
const CLIENTS = ['c1', 'c2', 'c3'];
const MS = 1000;

interface FakeNode {
  up: boolean;
  role: 'follower' | 'candidate' | 'leader';
  durable: { currentTerm: number; votedFor: string | null; log: { term: number; op: string }[] };
  volatile: {
    commitIndex: number;
    leader: string | null;
    votes: Set<string>;
    matchIndex: Map<string, number>;
    store: Record<string, number>;
  };
  electionEpoch: number;
}

interface Step {
  readonly at: number;
  readonly order: number;
  run(): void;
}

interface Message {
  readonly type: string;
  readonly body: { readonly [key: string]: Plain };
}

class SyntheticRun {
  readonly events: TraceEvent[] = [];
  readonly history: HistoryEvent[] = [];
  readonly #nodes = new Map<string, FakeNode>();
  readonly #queue: Step[] = [];
  #now = 0;
  #order = 0;
  #messages = 0;
  #random: number;
  #cause = 0;
  #partitionSays = '';
  #cut: readonly (readonly string[])[] = [];
  #waiting = new Map<string, (ok: boolean, value: Plain, node: string) => void>();
  #processes = CLIENTS.map((_, index) => index);
  staleRead = -1;

  constructor(
    private readonly states: boolean,
    seed: number,
    private readonly eventsMin: number,
  ) {
    this.#random = seed;
  }

  run(): void {
    for (const name of NODES) this.#start(name, 'first');
    this.#plan();
    for (;;) {
      const step = this.#queue.shift();
      if (step === undefined) break;
      if (step.at > 3_200 * MS && this.events.length >= this.eventsMin) break;
      this.#now = step.at;
      step.run();
    }
  }

  #plan(): void {
    this.#at(150 * MS, () => this.#electionTimeout('n2'));
    this.#at(900 * MS, () =>
      this.#partition([
        ['n1', 'n2'],
        ['n3', 'n4', 'n5'],
      ]),
    );
    this.#at(1_080 * MS, () => this.#electionTimeout('n4'));
    this.#at(1_900 * MS, () => this.#heal());
    this.#at(2_200 * MS, () => this.#crash('n5'));
    this.#at(2_700 * MS, () => this.#restart('n5'));
    this.#at(300 * MS, () => this.#operate(0, 'write', 'x', 1, 'n2'));
    this.#at(420 * MS, () => this.#operate(1, 'read', 'x', null, 'n2'));
    this.#at(520 * MS, () => this.#operate(2, 'write', 'y', 7, 'n2'));
    this.#at(700 * MS, () => this.#operate(0, 'read', 'y', null, 'n2'));
    this.#at(960 * MS, () => this.#operate(2, 'write', 'y', 8, 'n2'));
    this.#at(1_250 * MS, () => this.#operate(0, 'write', 'x', 2, 'n4'));
    this.#at(1_450 * MS, () => this.#operate(1, 'read', 'x', null, 'n2', true));
    this.#at(1_600 * MS, () => this.#operate(0, 'read', 'x', null, 'n4'));
    this.#at(2_050 * MS, () => this.#operate(1, 'cas', 'x', [2, 3], 'n3'));
    this.#at(2_350 * MS, () => this.#operate(1, 'write', 'y', 9, 'n4'));
    this.#at(2_600 * MS, () => this.#operate(0, 'read', 'y', null, 'n4'));
    // Only reads, so that logs stay short however long the run gets.
    for (let at = 3_000; at < 3_000 + this.eventsMin; at += 40) {
      this.#at(at * MS, () => this.#operate(at % 80 === 0 ? 0 : 1, 'read', at % 120 === 0 ? 'x' : 'y', null, 'n4'));
    }
  }

  #at(at: number, run: () => void): void {
    this.#order += 1;
    const step = { at, order: this.#order, run };
    let low = 0;
    let high = this.#queue.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#queue[middle] as Step;
      if (other.at < at || (other.at === at && other.order < step.order)) low = middle + 1;
      else high = middle;
    }
    this.#queue.splice(low, 0, step);
  }

  #draw(min: number, max: number): number {
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0;
    return min + Math.floor((this.#random / 4_294_967_296) * (max - min + 1));
  }

  #event(event: Omit<TraceEvent, 'id' | 'time' | 'cause'>, cause = this.#cause): number {
    const id = this.events.length + 1;
    this.events.push({ id, time: this.#now, cause, ...event });
    return id;
  }

  #node(name: string): FakeNode {
    return this.#nodes.get(name) as FakeNode;
  }

  /** Runs a step at a node and writes down what it changed; what it sends follows its event. */
  #step(
    name: string,
    event: Omit<TraceEvent, 'id' | 'time' | 'cause' | 'node'>,
    cause: number,
    act: (node: FakeNode) => void,
  ): void {
    const node = this.#node(name);
    const before = structuredClone({ durable: node.durable, volatile: node.volatile });
    const {
      role,
      durable: { currentTerm: term },
    } = node;
    const at = this.events.length;
    this.#cause = this.#event({ node: name, ...event }, cause);
    act(node);
    const changes: Change[] = [];
    if (this.states)
      diffPlain(
        before as unknown as Plain,
        { durable: node.durable, volatile: node.volatile } as unknown as Plain,
        [],
        changes,
      );
    const moved = node.role !== role || node.durable.currentTerm !== term || event.kind === 'start';
    this.events[at] = {
      ...(this.events[at] as TraceEvent),
      ...(this.states ? { changes: structuredClone(changes) } : {}),
      ...(this.states && moved ? { role: { name: node.role, term: node.durable.currentTerm } } : {}),
    };
    this.#cause = 0;
  }

  #start(name: string, why: 'first' | 'restart'): void {
    const old = this.#nodes.get(name);
    const fresh: FakeNode = {
      up: true,
      role: 'follower',
      durable: old?.durable ?? { currentTerm: 0, votedFor: null, log: [] },
      volatile: { commitIndex: 0, leader: null, votes: new Set(), matchIndex: new Map(), store: {} },
      electionEpoch: 0,
    };
    if (old === undefined) {
      const empty = { durable: {}, volatile: {} } as unknown as FakeNode;
      this.#nodes.set(name, empty);
      this.#step(name, { kind: 'start', why }, 0, (node) => Object.assign(node, fresh));
    } else {
      this.#step(name, { kind: 'start', why }, 0, (node) => Object.assign(node, { ...fresh, durable: node.durable }));
    }
  }

  #crash(name: string): void {
    const fault = this.#event(
      { node: null, kind: 'fault', name: 'begin', why: `crash ${name}`, body: note(2, 'crash', [name]) },
      0,
    );
    this.#node(name).up = false;
    this.#event({ node: name, kind: 'crash', why: 'power lost', body: 1 }, fault);
  }

  #restart(name: string): void {
    this.#event({ node: null, kind: 'fault', name: 'end', why: `crash ${name}`, body: note(2, 'crash', [name]) }, 0);
    this.#start(name, 'restart');
  }

  #partition(groups: readonly (readonly string[])[]): void {
    this.#cut = groups;
    this.#partitionSays = `partition ${groups.map((group) => `{${group.join(' ')}}`).join(' | ')}`;
    this.#event(
      {
        node: null,
        kind: 'fault',
        name: 'begin',
        why: this.#partitionSays,
        body: { ...note(1, 'partition', groups.flat()), groups },
      },
      0,
    );
  }

  #heal(): void {
    this.#event(
      {
        node: null,
        kind: 'fault',
        name: 'end',
        why: this.#partitionSays,
        body: note(1, 'partition', this.#cut.flat()),
      },
      0,
    );
    this.#cut = [];
  }

  #reachable(a: string, b: string): boolean {
    if (this.#cut.length === 0 || CLIENTS.includes(a) || CLIENTS.includes(b)) return true;
    return this.#cut.some((group) => group.includes(a) && group.includes(b));
  }

  #send(from: string, to: string, message: Message): void {
    this.#messages += 1;
    const msg = this.#messages;
    const body = { type: message.type, ...message.body };
    const sent = this.#event({ node: from, kind: 'send', peer: to, msg, name: message.type, body });
    const dropped = (place: 'sending' | 'delivery', why: string): void => {
      const [node, peer] = place === 'sending' ? [from, to] : [to, from];
      this.#event({ node, kind: 'drop', peer, msg, name: message.type, place, why }, sent);
    };
    if (!this.#reachable(from, to) && this.#draw(1, 3) < 3) return dropped('sending', 'partition: the link is cut');
    if (this.#draw(1, 60) === 1) return dropped('sending', 'loss: 1 in 60');
    const latency = this.#draw(4 * MS, 14 * MS);
    this.#at(this.#now + latency, () => {
      if (!this.#reachable(from, to)) return dropped('delivery', 'partition: the link was cut on the way');
      if (this.#nodes.get(to)?.up === false) return dropped('delivery', `${to} is down`);
      if (CLIENTS.includes(to)) {
        this.#cause = this.#event({ node: to, kind: 'deliver', peer: from, msg, name: message.type }, sent);
        this.#waiting.get(String(message.body['ref']))?.(message.type === 'reply', message.body['value'], from);
        this.#cause = 0;
        return undefined;
      }
      return this.#step(to, { kind: 'deliver', peer: from, msg, name: message.type }, sent, (node) =>
        this.#receive(to, node, from, message),
      );
    });
  }

  #broadcast(from: string, message: Message): void {
    for (const to of NODES) if (to !== from) this.#send(from, to, message);
  }

  #electionTimeout(name: string): void {
    if (!this.#node(name).up) return;
    this.#step(name, { kind: 'timer', name: 'election' }, 0, (node) => {
      node.role = 'candidate';
      node.durable.currentTerm += 1;
      node.durable.votedFor = name;
      node.volatile.leader = null;
      node.volatile.votes = new Set([name]);
      this.#broadcast(name, {
        type: 'RequestVote',
        body: { term: node.durable.currentTerm, lastLogIndex: node.durable.log.length },
      });
    });
  }

  #receive(name: string, node: FakeNode, from: string, message: Message): void {
    const { type, body } = message;
    const term = typeof body['term'] === 'number' ? body['term'] : 0;
    if (term > node.durable.currentTerm) {
      node.durable.currentTerm = term;
      node.durable.votedFor = null;
      if (node.role !== 'follower') this.#event({ node: name, kind: 'mark', name: 'stepped down', body: { term } });
      node.role = 'follower';
    }
    if (type === 'RequestVote') {
      const granted = term === node.durable.currentTerm && node.durable.votedFor === null;
      if (granted) node.durable.votedFor = from;
      this.#send(name, from, { type: 'Vote', body: { term: node.durable.currentTerm, granted } });
    } else if (type === 'Vote')
      this.#countVote(name, node, from, body['granted'] === true && term === node.durable.currentTerm);
    else if (type === 'AppendEntries') {
      const entries = body['entries'] as readonly { term: number; op: string }[];
      if (term < node.durable.currentTerm)
        return this.#send(name, from, {
          type: 'Appended',
          body: { term: node.durable.currentTerm, ok: false, matchIndex: 0 },
        });
      node.volatile.leader = from;
      const first = Number(body['prevLogIndex']);
      if (node.durable.log.length > first && entries.length > 0) node.durable.log.length = first;
      for (const entry of entries) node.durable.log.push({ ...entry });
      this.#commit(node, Math.min(Number(body['leaderCommit']), node.durable.log.length));
      this.#send(name, from, { type: 'Appended', body: { term, ok: true, matchIndex: node.durable.log.length } });
    } else if (type === 'Appended' && node.role === 'leader' && body['ok'] === true) {
      node.volatile.matchIndex.set(from, Number(body['matchIndex']));
      const matches = NODES.map((peer) =>
        peer === name ? node.durable.log.length : (node.volatile.matchIndex.get(peer) ?? 0),
      ).sort((a, b) => b - a);
      const committed = node.volatile.commitIndex;
      this.#commit(node, matches[2] ?? 0);
      for (let at = committed; at < node.volatile.commitIndex; at += 1)
        this.#answer(name, node, node.durable.log[at]?.op ?? '');
    } else if (type === 'request') this.#request(name, node, from, body);
    return undefined;
  }

  #countVote(name: string, node: FakeNode, from: string, granted: boolean): void {
    if (!granted || node.role !== 'candidate') return;
    node.volatile.votes.add(from);
    if (node.volatile.votes.size < 3) return;
    node.role = 'leader';
    node.volatile.leader = name;
    node.volatile.matchIndex = new Map();
    this.#event({ node: name, kind: 'mark', name: 'won an election', body: { term: node.durable.currentTerm } });
    this.#heartbeat(name, node.durable.currentTerm);
  }

  #heartbeat(name: string, term: number): void {
    const node = this.#node(name);
    if (!node.up || node.role !== 'leader' || node.durable.currentTerm !== term) return;
    for (const to of NODES) {
      if (to === name) continue;
      const prevLogIndex = Math.min(node.volatile.matchIndex.get(to) ?? 0, node.durable.log.length);
      const entries = node.durable.log.slice(prevLogIndex, prevLogIndex + 4).map((entry) => ({ ...entry }));
      this.#send(name, to, {
        type: 'AppendEntries',
        body: { term, prevLogIndex, entries, leaderCommit: node.volatile.commitIndex },
      });
    }
    this.#at(this.#now + 50 * MS, () => {
      if (!node.up || node.role !== 'leader' || node.durable.currentTerm !== term) return;
      this.#step(name, { kind: 'timer', name: 'heartbeat' }, 0, () => this.#heartbeat(name, term));
    });
  }

  #commit(node: FakeNode, upTo: number): void {
    while (node.volatile.commitIndex < upTo) {
      const [, key, value] = (node.durable.log[node.volatile.commitIndex]?.op ?? '').split(' ');
      if (key !== undefined && value !== undefined) node.volatile.store[key] = Number(value);
      node.volatile.commitIndex += 1;
    }
  }

  #request(name: string, node: FakeNode, from: string, body: Message['body']): void {
    const { ref, key, f, value } = body;
    if (node.role !== 'leader') return this.#send(name, from, { type: 'refused', body: { ref, value: null } });
    // The fault of this made-up protocol: whoever thinks it leads answers a read at once.
    if (f === 'read')
      return this.#send(name, from, { type: 'reply', body: { ref, value: node.volatile.store[String(key)] ?? null } });
    node.durable.log.push({ term: node.durable.currentTerm, op: `${String(ref)} ${String(key)} ${String(value)}` });
    return undefined;
  }

  #answer(name: string, _node: FakeNode, op: string): void {
    const [ref = '', , value] = op.split(' ');
    const client = CLIENTS[Number(ref.split('.')[0])];
    if (client !== undefined) this.#send(name, client, { type: 'reply', body: { ref, value: Number(value) } });
  }

  #operate(index: number, f: string, key: string, value: Plain, to: string, stale = false): void {
    const client = CLIENTS[index] as string;
    const process = this.#processes[index] as number;
    const invoke = this.#record(client, { type: 'invoke', process, f, key, value: value as never, node: to }, 0);
    if (stale) this.staleRead = invoke;
    const ref = `${index}.${invoke}`;
    this.#cause = this.events.length;
    this.#send(client, to, { type: 'request', body: { ref, f, key, value } });
    this.#cause = 0;
    let open = true;
    this.#waiting.set(ref, (ok, got, node) => {
      if (!open) return;
      open = false;
      this.#record(
        client,
        {
          type: ok ? 'ok' : 'fail',
          process,
          f,
          key,
          value: (f === 'read' ? got : value) as never,
          node,
          ...(ok ? {} : { error: 'not the leader' }),
        },
        this.#cause,
      );
    });
    this.#at(this.#now + 400 * MS, () => {
      if (!open) return;
      open = false;
      this.#processes[index] = process + CLIENTS.length;
      this.#record(client, { type: 'info', process, f, key, value: value as never, error: 'timeout' }, 0);
    });
  }

  #record(client: string, entry: Omit<HistoryEvent, 'index' | 'time'>, cause: number): number {
    const event: HistoryEvent = { index: this.history.length, time: this.#now, ...entry };
    this.history.push(event);
    this.#event({ node: client, kind: entry.type, name: entry.f, body: event as unknown as Plain }, cause);
    return event.index;
  }
}

function note(fault: number, family: string, nodes: readonly string[]): FaultNote & { readonly [key: string]: Plain } {
  return { fault, family, nodes };
}

export function syntheticRun(options: SyntheticOptions = {}): RunRecord {
  const states = options.states ?? true;
  const run = new SyntheticRun(states, options.seed ?? 4, options.eventsMin ?? 0);
  run.run();
  const answered = run.history.find(
    (event) =>
      event.type === 'ok' && event.index > run.staleRead && event.process === run.history[run.staleRead]?.process,
  );
  const noticed = run.events.find(
    (event) => event.kind === 'ok' && (event.body as unknown as HistoryEvent).index === answered?.index,
  );
  const message = `read of x by process ${answered?.process ?? '?'} returned ${String(answered?.value)} after write x=2 was acknowledged`;
  return {
    header: {
      format: 'splitbrain-trace',
      version: 1,
      by: '0.1.0',
      scenario: 'raft/stale-read',
      protocol: 'raft',
      seed: String(options.seed ?? 4),
      bug: 'answers-without-asking',
      settings: { clients: '3' },
      level: states ? 'states' : 'events',
      nodes: NODES,
      clients: CLIENTS,
    },
    events: run.events,
    history: run.history,
    footer: {
      digest: '9f0c2f1ab74d5e60c81b3a9d',
      events: run.events.length,
      virtualTimeUs: run.events.at(-1)?.time ?? 0,
      ending: 'finished',
      verdict: 'violation',
      violations: [
        {
          property: 'linearizable',
          message,
          ...(noticed === undefined ? {} : { time: noticed.time, event: noticed.id }),
          evidence: {
            operations: [run.staleRead],
            key: 'x',
            explanation:
              'The read began after write x=2 had been acknowledged, and returned the value from before it: no order of the operations explains both.',
          },
        },
      ],
      marks: { 'won an election': 2, 'stepped down': 1 },
    },
  };
}

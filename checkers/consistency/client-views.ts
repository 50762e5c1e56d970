import type { Allowance } from '../budget.js';
import type { CausalOrder } from './causal-order.js';
import type { Search } from './finding.js';
import type { RegisterHistory } from './register-history.js';
import { Saturation } from './saturation.js';

/**
 * PRAM: for each client there is an order of its own operations and everybody's writes, which keeps the order of each client
 * and in which each of its reads returns the last write.
 */
export function pram(history: RegisterHistory, allowance: Allowance): Search {
  return eachClient(history, (p) => {
    const chains = history.sessions.map((ops, s) => (s === p ? ops : ops.filter((i) => history.writes[i] === 1)));
    return view(history, p, chains, allowance);
  });
}

/**
 * CM, causal memory: for each client there is an order of all that its last operation depends on, which keeps the causal
 * order and in which each of its reads returns the last write. What holds for the last operation holds for those before.
 */
export function causalMemory(history: RegisterHistory, order: CausalOrder, allowance: Allowance): Search {
  const k = history.sessions.length;
  return eachClient(history, (p) => {
    const last = history.sessions[p]?.at(-1);
    if (last === undefined) return undefined;
    const chains = history.sessions.map((ops, s) => ops.slice(0, order.clock[last * k + s] as number));
    return view(history, p, chains, allowance);
  });
}

function eachClient(history: RegisterHistory, judge: (p: number) => Search): Search {
  let open: Search;
  for (let p = 0; p < history.sessions.length; p++) {
    const found = judge(p);
    if (typeof found === 'object') return found;
    open ??= found;
  }
  return open;
}

function view(
  history: RegisterHistory,
  p: number,
  chains: readonly (readonly number[])[],
  allowance: Allowance,
): Search {
  const own = allowance.part();
  const judged = (chains[p] as readonly number[]).filter((i) => history.writes[i] === 0);
  if (judged.length === 0) return undefined;
  const shape = {
    chains,
    judged,
    readsBeforeOverwrites: false,
    circle: 'CyclicHB',
    initial: 'WriteHBInitRead',
  } as const;
  const found = new Saturation(history, shape, own).run();
  own.release();
  return found;
}

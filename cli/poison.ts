import { ProtocolFault } from '../engine/index.js';

/** Of `Math`: chance, and what engines may round differently. The linter's list is held against it. */
export const INEXACT_MATH: readonly string[] = [
  ...['acos', 'acosh', 'asin', 'asinh', 'atan', 'atan2', 'atanh', 'cbrt', 'cos', 'cosh', 'exp', 'expm1', 'hypot'],
  ...['log', 'log10', 'log1p', 'log2', 'pow', 'random', 'sin', 'sinh', 'sumPrecise', 'tan', 'tanh'],
];
const AMBIENT = [
  ...['Date', 'performance', 'crypto', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch', 'Intl'],
  ...['navigator', 'WeakRef', 'FinalizationRegistry', 'Atomics', 'SharedArrayBuffer', 'Promise', 'console'],
];
const LOCALE: readonly (readonly [object, string])[] = [
  [String.prototype, 'localeCompare'],
  [String.prototype, 'toLocaleLowerCase'],
  [String.prototype, 'toLocaleUpperCase'],
  [Number.prototype, 'toLocaleString'],
  [Array.prototype, 'toLocaleString'],
];

/** Runs `action` in a world where whatever differs between machines, engines and moments throws. Synchronous only. */
export function withPoisonedGlobals<T>(action: () => T): T {
  const restore: (() => void)[] = [];
  const poison = (owner: object, name: string, poisoned: PropertyDescriptor): void => {
    const old = Object.getOwnPropertyDescriptor(owner, name);
    if (old === undefined || old.configurable === false) return;
    Object.defineProperty(owner, name, { ...poisoned, configurable: true });
    restore.unshift(() => Object.defineProperty(owner, name, old));
  };
  const trap = (name: string): (() => never) => {
    return () => {
      throw new ProtocolFault('determinism', `${name} was used: chance, time and place come from the node alone`);
    };
  };
  const sort = Array.prototype.sort;
  try {
    for (const name of INEXACT_MATH) poison(Math, name, { value: trap(`Math.${name}`) });
    for (const [owner, name] of LOCALE) poison(owner, name, { value: trap(name) });
    poison(Array.prototype, 'sort', {
      value(this: unknown[], comparator?: (a: unknown, b: unknown) => number) {
        if (comparator === undefined) trap('sort without a comparator')();
        return sort.call(this, comparator);
      },
    });
    // Immer asks whether it runs in production; bundlers answer for the browser.
    poison(globalThis, 'process', { value: { env: {} } });
    for (const name of AMBIENT) poison(globalThis, name, { get: trap(name) });
    return action();
  } finally {
    for (const undo of restore) undo();
  }
}

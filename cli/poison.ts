import { ProtocolFault } from '../engine/index.js';

/** What would make a run depend on the machine, the moment or the mood. */
const FORBIDDEN: readonly (readonly [owner: object, name: string, shown: string])[] = [
  [globalThis, 'Date', 'Date'],
  [Math, 'random', 'Math.random'],
  [globalThis, 'setTimeout', 'setTimeout'],
  [globalThis, 'setInterval', 'setInterval'],
  [globalThis, 'setImmediate', 'setImmediate'],
  [globalThis, 'queueMicrotask', 'queueMicrotask'],
  [globalThis, 'performance', 'performance'],
  [globalThis, 'crypto', 'crypto'],
  [globalThis, 'fetch', 'fetch'],
];

/** Runs a body while every forbidden global throws, naming itself. Puts everything back afterwards, whatever happens. */
export function withPoisonedGlobals<T>(body: () => T): T {
  const saved = FORBIDDEN.map(([owner, name]) => Object.getOwnPropertyDescriptor(owner, name));
  FORBIDDEN.forEach(([owner, name, shown]) => {
    Object.defineProperty(owner, name, {
      configurable: true,
      get() {
        throw new ProtocolFault('determinism', `${shown} was used: chance and time come from the node alone`);
      },
    });
  });
  try {
    return body();
  } finally {
    FORBIDDEN.forEach(([owner, name], i) => {
      const descriptor = saved[i];
      if (descriptor === undefined) Reflect.deleteProperty(owner, name);
      else Object.defineProperty(owner, name, descriptor);
    });
  }
}

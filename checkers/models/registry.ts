import { nearestName } from '../values.js';
import { appendList } from './append-list.js';
import { priorityQueue, queue, stack } from './containers.js';
import { counter } from './counter.js';
import { kv, kvText } from './kv.js';
import { lease, mutex, semaphore, semaphoreOf } from './locks.js';
import { log } from './log.js';
import type { AnyModel } from './model.js';
import { casRegister, register } from './register.js';
import { set } from './set.js';
import { exchanger, writeSnapshot } from './spanning.js';
import { multiRegister, transactionalRegister } from './several-registers.js';
import { uniqueIds } from './unique-ids.js';

/** The models that ship. */
export const models: readonly AnyModel[] = Object.freeze([
  register,
  casRegister,
  multiRegister,
  kv,
  kvText,
  appendList,
  counter,
  set,
  queue,
  stack,
  priorityQueue,
  mutex,
  semaphore,
  lease,
  log,
  uniqueIds,
  transactionalRegister,
  writeSnapshot,
  exchanger,
]);

/** There is no model of this name. */
export class UnknownModelError extends Error {
  readonly code = 'unknown-model';
  readonly hint: string;

  constructor(given: string) {
    const names = models.map((model) => model.name);
    super(`unknown model '${given}'; expected ${names.join(', ')}`);
    this.name = 'UnknownModelError';
    const near = nearestName(given, names);
    this.hint = near === undefined ? 'splitbrain list shows the models.' : `Did you mean ${near}?`;
  }
}

/**
 * The model of this name; `semaphore:5` is a semaphore of 5 permits.
 *
 * @throws UnknownModelError
 */
export function modelNamed(name: string): AnyModel {
  const permits = /^semaphore:([1-9]\d{0,8})$/.exec(name)?.[1];
  if (permits !== undefined) return semaphoreOf(Number(permits));
  const model = models.find((one) => one.name === name);
  if (model === undefined) throw new UnknownModelError(name);
  return model;
}

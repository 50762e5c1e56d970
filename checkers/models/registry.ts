import { nearestName } from '../values.js';
import { kv, kvText } from './kv.js';
import type { AnyModel } from './model.js';
import { casRegister, register } from './register.js';

/** The models that ship. */
export const models: readonly AnyModel[] = Object.freeze([register, casRegister, kv, kvText]);

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

/** @throws UnknownModelError */
export function modelNamed(name: string): AnyModel {
  const model = models.find((one) => one.name === name);
  if (model === undefined) throw new UnknownModelError(name);
  return model;
}

import { nearestName } from '../values.js';
import { kv, kvText } from './kv.js';
import type { AnyModel } from './model.js';
import { casRegister, register } from './register.js';

/** The models that ship, by name. */
export const models: Readonly<Record<string, AnyModel>> = Object.freeze(
  Object.fromEntries([register, casRegister, kv, kvText].map((model) => [model.name, model])),
);

/** There is no model of this name. */
export class UnknownModelError extends Error {
  readonly code = 'unknown-model';
  readonly hint: string;

  constructor(given: string) {
    const names = Object.keys(models);
    super(`unknown model '${given}'; expected ${names.join(', ')}`);
    this.name = 'UnknownModelError';
    const near = nearestName(given, names);
    this.hint = near === undefined ? 'splitbrain list shows the models.' : `Did you mean ${near}?`;
  }
}

/** @throws UnknownModelError */
export function modelNamed(name: string): AnyModel {
  const model = Object.hasOwn(models, name) ? models[name] : undefined;
  if (model === undefined) throw new UnknownModelError(name);
  return model;
}

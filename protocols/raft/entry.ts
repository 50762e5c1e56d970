import { plainEquals } from '../../engine/index.js';
import type { ConfigurationCommand, Entry } from './shape.js';

// What invariants need of an entry: a copy, whether two are the same, and words for it.

/** At the direct speed what a view shows changes under us. */
export function copyOfEntry({ index, term, command, session }: Entry): Entry {
  return { index, term, command: { ...command }, session: session === null ? null : { ...session } };
}

export function sameEntry(a: Entry, b: Entry): boolean {
  if (a.term !== b.term || !sameFields(a.session, b.session)) return false;
  if (a.command.op === 'configuration') return plainEquals(a.command, b.command);
  return sameFields(a.command, b.command);
}

function sameFields(a: object | null, b: object | null): boolean {
  if (a === null || b === null) return a === b;
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  let fields = 0;
  for (const field in left) {
    if (left[field] !== right[field]) return false;
    fields += 1;
  }
  for (const _ in right) fields -= 1;
  return fields === 0;
}

export function showEntry({ command }: Entry): string {
  switch (command.op) {
    case 'noop':
    case 'read':
      return command.op;
    case 'configuration':
      return showConfiguration(command.configuration);
    case 'cas':
      return `cas ${command.key} ${command.from} → ${command.to}`;
    default:
      return `${command.op} ${command.key} = ${command.value}`;
  }
}

function showConfiguration({ voters, oldVoters, learners }: ConfigurationCommand['configuration']): string {
  const old = oldVoters === null ? '' : `${oldVoters.join(' ')} | `;
  const learning = learners.length === 0 ? '' : `, learners ${learners.join(' ')}`;
  return `configuration {${old}${voters.join(' ')}${learning}}`;
}

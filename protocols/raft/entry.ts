import { plainEquals } from '../../engine/index.js';
import type { ConfigurationCommand, Entry } from './shape.js';

// What invariants need of an entry: a copy, whether two are the same, and words for it.

/** At the direct speed what a view shows changes under us. */
export function copyOfEntry({ index, term, command, session }: Entry): Entry {
  return { index, term, command: { ...command }, session: session === null ? null : { ...session } };
}

export function sameEntry(a: Entry, b: Entry): boolean {
  return a.term === b.term && sameSession(a.session, b.session) && sameCommand(a.command, b.command);
}

function sameSession(a: Entry['session'], b: Entry['session']): boolean {
  if (a === null || b === null) return a === b;
  return a.client === b.client && a.sequence === b.sequence;
}

/** Compared for every entry of every log, so by its fields, where these are known. */
function sameCommand(a: Entry['command'], b: Entry['command']): boolean {
  if (a.op === 'write' && b.op === 'write') return a.key === b.key && a.value === b.value;
  if (a.op === 'cas' && b.op === 'cas') return a.key === b.key && a.from === b.from && a.to === b.to;
  return plainEquals(a, b);
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

import type { TraceEvent } from '../../engine/index.js';
import { isObject } from '../source/json-object.js';
import { formatPlain } from './format-plain.js';

/** What happened, as a sentence without its end: `n2 receives RequestVote from n1`. */
export function describeEvent(event: TraceEvent): string {
  const node = event.node ?? 'the system';
  const peer = event.peer ?? '?';
  const name = event.name ?? 'message';
  const because = event.why === undefined || event.why === '' ? '' : `: ${event.why}`;
  switch (event.kind) {
    case 'start':
      return event.why === 'restart' ? `${node} restarts` : `${node} starts${event.why === 'first' ? '' : because}`;
    case 'crash':
      return `${node} crashes${because}`;
    case 'halt':
      return `${node} stops itself${because}`;
    case 'pause':
      return `${node} is paused${because}`;
    case 'resume':
      return `${node} runs again`;
    case 'send':
      return `${node} sends ${name} to ${peer}`;
    case 'duplicate':
      return `the network copies ${name} (message ${event.msg ?? '?'})`;
    case 'corrupt':
      return `the network damages ${name} (message ${event.msg ?? '?'})`;
    case 'deliver':
      return `${node} receives ${name} from ${peer}`;
    case 'drop':
      return event.place === 'sending'
        ? `${name} from ${node} to ${peer} is lost at sending${because}`
        : `${name} from ${peer} to ${node} is lost at delivery${because}`;
    case 'timer':
      return `${node}’s timer ${name} fires${event.body === undefined || event.body === null ? '' : ` (${formatPlain(event.body, 24)})`}`;
    case 'sync':
      return `${node}’s disk has synced`;
    case 'disk':
      return `${node}’s disk: ${name}${because}`;
    case 'connection':
      return `${node} ${name === 'open' ? 'opens' : 'loses'} its connection to ${peer}`;
    case 'invoke':
      return `${node} asks for ${operationText(event)}`;
    case 'ok':
      return `${node} is answered: ${operationText(event)}`;
    case 'fail':
      return `${node} is refused ${operationText(event)}${because}`;
    case 'info':
      return `${node} gives up on ${operationText(event)}, nobody knows whether it happened`;
    case 'mark':
      return `${node}: ${name}${event.body === undefined || event.body === null ? '' : ` ${formatPlain(event.body, 60)}`}`;
    case 'fault':
      return describeFault(event.name, event.why ?? 'a fault');
    case 'violation':
      return `${name} is broken${because}`;
    default:
      return `${String(event.kind)} at ${node}`;
  }
}

/** A fault's begin and end carry the same sentence; their names tell them apart. */
export function describeFault(phase: string | undefined, sentence: string): string {
  return phase === 'end' ? `over: ${sentence}` : phase === 'skipped' ? `not done: ${sentence}` : sentence;
}

function operationText(event: TraceEvent): string {
  const entry = isObject(event.body) ? event.body : {};
  const key = entry['key'] === undefined ? '' : ` ${formatPlain(entry['key'], 20)}`;
  const value = entry['value'];
  // Nothing asked is nothing to say; nothing found is.
  const nothing = event.kind === 'ok' && value === null ? ' → null' : '';
  const shown = value === undefined || value === null ? nothing : ` ${formatPlain(value, 30)}`;
  return `${event.name ?? 'an operation'}${key}${shown}`;
}

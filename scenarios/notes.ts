import type { Fault, IdleFault, RunResult } from '../engine/index.js';
import { nearestName } from '../checkers/values.js';

/** What a run should be told beside its verdict: parts of its plan that had no effect, messages that nobody understood. */
export function notesOf(result: RunResult): string[] {
  const notes = result.unusedOverrides.map((key) => `no choice ${key} came up`);
  for (const idle of result.idleFaults) notes.push(idleNote(idle, result));
  const strange = [...result.notUnderstood].map(([type, count]) => `${type} ×${count}`);
  if (strange.length > 0) notes.push(`lost, as the receiver has no handler for it: ${strange.join(', ')}`);
  return notes;
}

/** Why a fault that struck nobody did not, in words: one of the plan by its number, from 0. */
export function whyNeverStruck(number: number, fault: Fault, result: RunResult): string {
  const idle = result.idleFaults.find((one) => one.number === number);
  if (idle !== undefined) return whyIdle(idle, result);
  return fault.when === undefined && (fault.at ?? 0) + (fault.after ?? 0) > result.virtualTime
    ? 'the run ended before its time'
    : 'it was left out, so that a majority was left';
}

function idleNote(idle: IdleFault, result: RunResult): string {
  return `fault ${idle.number + 1} (${idle.fault.do}) never struck: ${whyIdle(idle, result)}`;
}

function whyIdle({ fault: { when }, came, stage, missing, roles }: IdleFault, { marks }: RunResult): string {
  if (stage === 'ahead') return 'what it waits for came, and the run ended before its "after" was over';
  if (when !== undefined && came === 0) {
    if (when.mark === undefined)
      return `no ${when.sent ?? when.delivered!} was ${when.sent === undefined ? 'delivered' : 'sent'}`;
    const names = [...marks.keys()];
    const like = nearestName(when.mark, names);
    const meant = like === undefined ? '' : `; did you mean ${like}?`;
    return `there was no mark "${when.mark}" (there were: ${names.join(', ') || 'none'})${meant}`;
  }
  if (missing.length > 0) {
    const nobody = `no node was ${missing.map((role) => `"${role}"`).join(' or ')} when it looked`;
    return `${nobody} (the roles then: ${roles.join(', ') || 'none'})`;
  }
  return stage === 'nobody' ? 'nobody was there' : `what it waits for came ${came ?? 0} times, never as it was to`;
}

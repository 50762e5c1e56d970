import type { Fault } from './fault.js';

/** A fault of the plan that never struck; one that waits for a time is none while that time has not come. */
export interface IdleFault {
  readonly fault: Fault;
  /** Its place in the plan, from 0. */
  readonly number: number;
  /** How many events of the kind that it waits for there were, whoever they were about; null where it waits for a time. */
  readonly came: number | null;
  /** How far it got: it still waited for its event; its `after` was not over when the run ended; it found nobody to strike. */
  readonly stage: 'waiting' | 'ahead' | 'nobody';
  /** Roles that faults looked for when no node was in them. */
  readonly missing: readonly string[];
  /** The roles that nodes were in at those moments. */
  readonly roles: readonly string[];
}

/** Remembers which roles were looked for in vain, and which there were instead. */
export class MissingRoles {
  private readonly missing = new Set<string>();
  private readonly seen = new Set<string>();

  readonly note = (role: string, roles: readonly string[]): void => {
    this.missing.add(role);
    for (const name of roles) this.seen.add(name);
  };

  told(): Pick<IdleFault, 'missing' | 'roles'> {
    return { missing: [...this.missing], roles: [...this.seen] };
  }
}

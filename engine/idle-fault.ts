import type { Fault } from './fault.js';

/** A fault of the plan that never struck, in a run that went on until it could have. */
export interface IdleFault {
  readonly fault: Fault;
  /** Its place in the plan, from 0. */
  readonly number: number;
  /** How many events of the kind that it waits for there were, whoever they were about; null where it waits for a time. */
  readonly came: number | null;
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

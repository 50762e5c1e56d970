const LEADS = /leader|leading|primary|coordinator|master|owner|distinguished|proposer/i;
const SEEKS = /candidate|looking|elect|view-?change|recover|joint|prepar|suspect|pending|wait|uncertain/i;

/** Does a protocol call by this name a role that seeks to lead, and does not yet? */
export function seeksToLead(role: string): boolean {
  return SEEKS.test(role);
}

/** … or one that leads? */
export function leads(role: string): boolean {
  return LEADS.test(role) && !SEEKS.test(role);
}

/** How a role looks: never by colour alone. */
export interface RoleStyle {
  readonly shape: 'hexagon' | 'circle' | 'diamond' | 'square';
  /** A custom property of the style sheet. */
  readonly colour: '--leader' | '--follower' | '--candidate' | '--role-a' | '--role-b' | '--role-c';
  /** Leads, so its lane shows a thick band. */
  readonly leads: boolean;
}

const LEADS = /leader|leading|primary|coordinator|master|owner|distinguished|proposer/i;
const SEEKS = /candidate|looking|elect|view-?change|recover|joint|prepar|suspect|pending|wait|uncertain/i;
const FOLLOWS = /follower|following|backup|replica|participant|acceptor|secondary|slave|member|idle/i;

/** Roles that protocols name: those that lead, those that seek to, those that follow, and up to three others. */
export function roleStyles(names: Iterable<string>): ReadonlyMap<string, RoleStyle> {
  const others = ['--role-a', '--role-b', '--role-c'] as const;
  const styles = new Map<string, RoleStyle>();
  let other = 0;
  for (const name of names) {
    if (styles.has(name)) continue;
    if (SEEKS.test(name)) styles.set(name, { shape: 'diamond', colour: '--candidate', leads: false });
    else if (LEADS.test(name)) styles.set(name, { shape: 'hexagon', colour: '--leader', leads: true });
    else if (FOLLOWS.test(name)) styles.set(name, { shape: 'circle', colour: '--follower', leads: false });
    else {
      styles.set(name, { shape: 'square', colour: others[other % others.length] ?? '--role-a', leads: false });
      other += 1;
    }
  }
  return styles;
}

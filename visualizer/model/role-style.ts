import { leads, seeksToLead } from '../embed/leading-role.js';

/** How a role looks: never by colour alone. */
export interface RoleStyle {
  readonly shape: 'hexagon' | 'circle' | 'diamond' | 'square';
  /** A custom property of the style sheet. */
  readonly colour: '--leader' | '--follower' | '--candidate' | '--role-a' | '--role-b' | '--role-c';
  /** Leads, so its lane shows a thick band. */
  readonly leads: boolean;
}

const FOLLOWS = /follower|following|backup|replica|participant|acceptor|secondary|slave|member|idle/i;

/** Roles that protocols name: those that lead, those that seek to, those that follow, and up to three others. */
export function roleStyles(names: Iterable<string>): ReadonlyMap<string, RoleStyle> {
  const others = ['--role-a', '--role-b', '--role-c'] as const;
  const styles = new Map<string, RoleStyle>();
  let other = 0;
  for (const name of names) {
    if (styles.has(name)) continue;
    if (seeksToLead(name)) styles.set(name, { shape: 'diamond', colour: '--candidate', leads: false });
    else if (leads(name)) styles.set(name, { shape: 'hexagon', colour: '--leader', leads: true });
    else if (FOLLOWS.test(name)) styles.set(name, { shape: 'circle', colour: '--follower', leads: false });
    else {
      styles.set(name, { shape: 'square', colour: others[other % others.length] ?? '--role-a', leads: false });
      other += 1;
    }
  }
  return styles;
}

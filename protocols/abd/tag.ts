import type { NodeId } from '../../engine/index.js';

/**
 * What orders values: first the number, then who wrote (Lynch and Shvartsman 1997). `life` counts the writer's starts: in the
 * papers a process that has crashed never comes back, so whoever does is another one.
 */
export interface Tag {
  readonly seq: number;
  readonly node: NodeId;
  readonly life: number;
}

/** Below 0: a before b; 0: the same. Null, for what was never written, is before all. */
export function compareTags(a: Tag | null, b: Tag | null): number {
  if (a === null || b === null) return (a === null ? 0 : 1) - (b === null ? 0 : 1);
  if (a.seq !== b.seq) return a.seq - b.seq;
  if (a.node !== b.node) return a.node < b.node ? -1 : 1;
  return a.life - b.life;
}

/** For people, and for keys of Maps. */
export function showTag(tag: Tag | null): string {
  return tag === null ? 'none' : `${tag.seq}.${tag.node}/${tag.life}`;
}

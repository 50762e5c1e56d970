import { invariant, type Invariant } from '../../engine/index.js';
import type { KeyValueScalar } from '../parts/key-value.js';
import type { Abd } from './shape.js';
import { compareTags, showTag, type Tag } from './tag.js';

/** How many of the newest tags an invariant remembers. */
export const REMEMBERED_TAGS_MAX = 20_000;

interface Held {
  readonly value: KeyValueScalar;
  readonly at: string;
}

export const oneValuePerTag = invariant<Abd>()({
  name: 'One Value Per Tag',
  says: 'No two replicas hold different values of a key with the same tag.',
  source: 'Lynch and Shvartsman 1997: tags of different writes differ',
  memory: () => ({
    tags: new Map<string, Held>(),
    /** By node: what was looked at last. */
    seen: new Map<string, { readonly life: number; readonly stored: number }>(),
  }),
  afterStep({ tags, seen }, { id, durable, volatile: { lastStored, stored } }) {
    const before = seen.get(id);
    if (before !== undefined && before.stored === stored && before.life === durable.life) return null;
    seen.set(id, { life: durable.life, stored });
    const register = lastStored === null ? undefined : durable.registers.get(lastStored);
    if (register === undefined) return null;
    const tag = `${lastStored} ${showTag(register.tag)}`;
    const known = tags.get(tag);
    if (known === undefined) {
      tags.set(tag, { value: register.value, at: id });
      if (tags.size > REMEMBERED_TAGS_MAX) tags.delete(tags.keys().next().value!);
    } else if (known.value !== register.value) {
      return `for tag ${tag} ${known.at} holds ${known.value} and ${id} ${register.value}`;
    }
    return null;
  },
});

interface Life {
  readonly life: number;
  readonly stored: number;
  readonly tags: Map<string, Tag>;
}

/** Judged within a life: what a crash takes of a disk that was not synced was never told to anybody. */
export const tagsRise = invariant<Abd>()({
  name: 'Tags Rise',
  says: 'While a replica runs, the tag of a register never falls.',
  source: 'Attiya, Bar-Noy, Dolev 1995: a replica keeps the value with the largest label',
  memory: () => new Map<string, Life>(),
  afterStep(lives, { id, durable, volatile: { lastStored, stored } }) {
    const before = lives.get(id);
    if (before !== undefined && before.life === durable.life && before.stored === stored) return null;
    const tags = before?.life === durable.life ? before.tags : new Map<string, Tag>();
    lives.set(id, { life: durable.life, stored, tags });
    const register = lastStored === null ? undefined : durable.registers.get(lastStored);
    if (lastStored === null || register === undefined) return null;
    const old = tags.get(lastStored) ?? null;
    tags.set(lastStored, { ...register.tag });
    if (compareTags(register.tag, old) >= 0) return null;
    return `${id} goes back from ${showTag(old)} to ${showTag(register.tag)} for key ${lastStored}`;
  },
});

export const completedAtMajority = invariant<Abd>()({
  name: 'Completed Writes At A Majority',
  says: 'When a write is completed, a majority of replicas holds it or something newer.',
  source: 'Attiya, Bar-Noy, Dolev 1995: the writer waits for acknowledgements of a majority',
  memory: () => new Map<string, number>(),
  afterStep(memory, { id, members, volatile: { lastCompleted, completed } }, world) {
    if (memory.get(id) === completed) return null;
    memory.set(id, completed);
    if (lastCompleted === null || completed === 0) return null;
    const { key, tag } = lastCompleted;
    let holders = 0;
    for (const { durable } of world.nodes) {
      if (compareTags(durable.registers.get(key)?.tag ?? null, tag) >= 0) holders += 1;
    }
    if (holders > members.length / 2) return null;
    return `${id} has completed a write of ${key} with tag ${showTag(tag)}, which ${holders} of ${members.length} hold`;
  },
});

export const abdInvariants: readonly Invariant<Abd>[] = [oneValuePerTag, tagsRise, completedAtMajority];

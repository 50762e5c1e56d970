import type { PlantedBug } from '../../engine/index.js';
import type { AbdBug } from './shape.js';

/** Each is the smallest change at the place of the rule: search the sources for its name. */
export const abdBugs: { readonly [Name in AbdBug]: PlantedBug } = {
  'reads-without-write-back': {
    summary: 'A reader returns the highest value that it has found, without making sure that a majority holds it.',
    property: 'linearizable',
    source: 'Attiya, Bar-Noy, Dolev 1995: why a reader writes; without it the register is only regular (Lamport 1986)',
    scenario: 'abd/bug-new-old-inversion',
  },
  'writes-without-query': {
    summary: 'Each of several writers counts by itself, as the only writer may, and does not ask for the highest tag.',
    property: 'linearizable',
    source: 'Lynch and Shvartsman 1997: a write with several writers begins with a query',
    scenario: 'abd/bug-forgotten-query',
  },
  'compares-numbers-only': {
    summary: 'Of two tags with the same number none is higher: replicas keep what came first.',
    property: 'Completed Writes At A Majority',
    source: 'Lynch and Shvartsman 1997: ties are broken by the writer’s name',
    scenario: 'abd/bug-tied-tags',
  },
  'counts-replies-not-repliers': {
    summary: 'Replies are counted, and not who sent them: a duplicated one counts twice.',
    property: 'Completed Writes At A Majority',
    source: 'Attiya, Bar-Noy, Dolev 1995: acknowledgements of a majority of processors; as akka-raft issue 45',
    scenario: 'abd/bug-duplicated-reply',
  },
  'counts-replies-of-earlier-lives': {
    summary: 'Operations are numbered anew after a restart, and a reply to an earlier one counts for the present one.',
    property: 'linearizable',
    source: 'Attiya, Bar-Noy, Dolev 1995: how a processor tells to which of its messages an answer belongs',
    scenario: 'abd/bug-late-reply',
  },
  'forgets-registers': {
    summary: 'Replicas keep their registers in memory only, and come back empty.',
    property: 'linearizable',
    source: 'Attiya, Bar-Noy, Dolev 1995: a processor that crashes never comes back; who does must remember',
    scenario: 'abd/bug-forgotten-register',
  },
  'reuses-tags': {
    summary: 'A node that has two writes under way gives both the tag that follows the highest it has heard of.',
    property: 'One Value Per Tag',
    source: 'Lynch and Shvartsman 1997: a process has one operation at a time; a server of many clients has not',
    scenario: 'abd/bug-reused-tag',
  },
};

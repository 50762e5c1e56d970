import type { PlantedBug } from '../../engine/index.js';
import type { Leases } from './shape.js';

/** Each changes one line of the protocol. */
export const bugs: { readonly [K in Leases['bugs']]: PlantedBug } = {
  'checks-no-token': {
    summary: 'The storage takes what comes: whoever was frozen past its lease writes over its successor.',
    property: 'no write is lost',
    source: 'Kleppmann, How to do distributed locking, 2016: a lock without fencing tokens',
    scenario: 'leases/paused-holder',
  },
  'reads-without-token': {
    summary:
      'The storage looks at the tokens of writes only: one that is late gets in between another’s read and write.',
    property: 'no write is lost',
    source: 'Kleppmann 2016: the storage must have seen the new token to refuse the old one',
    scenario: 'leases/late-writer-meets-reader',
  },
  'storage-forgets-token': {
    summary: 'The storage keeps the highest token in memory, and after a restart refuses nobody.',
    property: 'no write is lost',
    source: 'Kleppmann 2016: the storage takes an active part in checking tokens',
    scenario: 'leases/storage-restart',
  },
  'refuses-equal-token': {
    summary: 'The storage accepts only tokens higher than the last, so that a holder can use its own only once.',
    property: 'only old tokens are refused',
    source: 'Kleppmann 2016: what is rejected is a token lower than one already processed',
    scenario: 'leases/happy-path',
  },
  'reuses-tokens': {
    summary: 'The lock service does not count its lives: after a restart its tokens begin anew.',
    property: 'tokens rise',
    source: 'Kleppmann 2016: a counter on one node is not enough, the node might fail',
    scenario: 'leases/service-restart',
  },
  'forgets-leases': {
    summary: 'The lock service does not wait after a restart, though leases that it has forgotten are still good.',
    property: 'one valid lease',
    source: 'Gray and Cheriton 1989: a server that recovers waits for the longest term that it may have granted',
    scenario: 'leases/service-restart',
  },
  'counts-from-reply': {
    summary: 'A holder counts its lease from when the answer came, and not from when it asked.',
    property: 'one valid lease',
    source: 'Gray and Cheriton 1989: the effective term is shorter by the time the message took',
    scenario: 'leases/delayed-reply',
  },
  'ignores-drift': {
    summary: 'Neither the service nor a holder leaves room for clocks that run at different speeds.',
    property: 'one valid lease',
    source: 'Gray and Cheriton 1989: the allowance ε for uncertainty in clocks',
    scenario: 'leases/drifting-clocks',
  },
};

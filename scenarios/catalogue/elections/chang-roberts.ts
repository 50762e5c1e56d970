import { changRoberts } from '../../../protocols/chang-roberts/protocol.js';
import { defineScenario, type Scenario } from '../../scenario.js';

const randomPlacement = defineScenario({
  protocol: changRoberts,
  name: 'chang-roberts/random-placement',
  summary: 'Eight processes on a ring, numbered at random, all call an election at once.',
  teaches:
    'A number travels until it meets a larger one; only the largest gets home, and that is how its owner knows. On average this ' +
    'takes n·Hₙ messages, and n more to tell everybody: chang-roberts/complexity counts them.',
  nodes: 8,
  until: '2s',
});

const worstPlacement = defineScenario({
  protocol: changRoberts,
  name: 'chang-roberts/worst-placement',
  summary: 'The numbers fall in the direction of the messages: each travels all the way to the largest.',
  teaches:
    'n(n + 1)/2 messages, the most there can be: the number k passes k processes. With --set options.placement=ascending it is ' +
    '2n − 1, the least.',
  nodes: 8,
  options: { placement: 'descending' },
  until: '2s',
});

const oneStarter = defineScenario({
  protocol: changRoberts,
  name: 'chang-roberts/one-starter',
  summary: 'One process with a small number calls an election; the others hear of it, and join in.',
  teaches:
    'Whoever is asleep and receives a smaller number sends its own in its place. With --bug sleeper-swallows it does not, and the ' +
    'election dies at the next process.',
  nodes: 8,
  options: { identities: [1, 5, 3, 8, 2, 6, 4, 7], starters: ['n1'] },
  until: '2s',
});

const stormy = defineScenario({
  protocol: changRoberts,
  name: 'chang-roberts/stormy',
  summary: 'Links with long tails, processes that pause, starts spread over a second: the same one is elected.',
  teaches:
    'Nothing here depends on time or order. The algorithm is asynchronous: it needs every message to arrive, some day, and ' +
    'no more than that.',
  nodes: 8,
  options: { startWithinMs: 1000 },
  network: { latency: { pareto: { min: '1ms', alpha: 1.1 }, max: '800ms' } },
  until: '30s',
  faults: [
    { do: 'pause', whom: { random: 2 }, at: '100ms', for: '700ms', times: 3, every: '500ms' },
    { do: 'link', rule: { hold: true }, from: { random: 1 }, at: '300ms', for: '1s' },
  ],
  swarm: { families: ['pause', 'clock'], disk: false },
});

const lostMessage = defineScenario({
  protocol: changRoberts,
  name: 'chang-roberts/lost-message',
  summary: 'The largest number is lost on its way: nobody is ever elected.',
  teaches:
    'The paper takes it for granted that messages arrive and processes stay. Nobody watches and nobody repeats: one loss of the ' +
    'right message, and all wait for ever.',
  nodes: 8,
  options: { identities: [1, 2, 8, 3, 4, 5, 6, 7] },
  network: { links: [{ from: 'n3', to: 'n4', loss: 1 }] },
  until: '5s',
  expects: { violation: 'everybody learns' },
});

const crashedProcess = defineScenario({
  protocol: changRoberts,
  name: 'chang-roberts/crashed-process',
  summary: 'A process is down when the largest number comes by, and the ring is broken.',
  teaches:
    'A ring has one way round. The restarted process asks again, but those that take part already wait for news.',
  nodes: 8,
  options: { placement: 'ascending' },
  until: '5s',
  faults: [{ do: 'crash', whom: 'n4', at: '0ms', for: '1s' }],
  expects: { violation: 'everybody learns' },
});

const equalNumbers = defineScenario({
  protocol: changRoberts,
  name: 'chang-roberts/equal-numbers',
  summary: 'Two processes have the same number, the largest. Each takes the other one’s message for its own.',
  teaches: 'Numbers must be unique: a message that carries the own number is the whole proof of having won.',
  nodes: 6,
  options: { identities: [6, 1, 2, 6, 4, 3] },
  until: '2s',
  expects: { violation: 'one leader' },
});

export const changRobertsScenarios: readonly Scenario[] = [
  randomPlacement,
  worstPlacement,
  oneStarter,
  stormy,
  lostMessage,
  crashedProcess,
  equalNumbers,
];

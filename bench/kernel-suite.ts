import { Choices } from '../engine/choices.js';
import { Digest } from '../engine/digest.js';
import { EventQueue } from '../engine/queue.js';
import type { BenchSuite } from './suites.js';
import { LATENCY_US_MAX, LATENCY_US_MIN } from './workloads.js';

const TIMES = 1_000_000;

/** The hold model (Jones 1986): the queue keeps its size, every event that pops pushes one. */
function hold(size: number): number {
  const queue = new EventQueue();
  const choices = new Choices('bench');
  const stream = choices.stream('hold', '', 0);
  const delay = (): number => LATENCY_US_MIN + Math.floor(choices.draw(stream) * (LATENCY_US_MAX - LATENCY_US_MIN + 1));
  for (let item = 0; item < size; item++) queue.push(delay(), item);
  for (let i = 0; i < TIMES; i++) {
    const item = queue.pop();
    queue.push(queue.time + delay(), item);
  }
  return TIMES;
}

function draws(): number {
  const choices = new Choices('bench');
  const stream = choices.stream('net.latency', 'n1>n2 Ping', 0);
  let sum = 0;
  for (let i = 0; i < TIMES; i++) sum += choices.draw(stream);
  // The mean of a million uniform draws is within 1 % of a half, unless draw is broken.
  if (Math.abs(sum / TIMES - 0.5) > 0.005) throw new Error(`draws have the mean ${sum / TIMES}`);
  return TIMES;
}

function digestWords(): number {
  const digest = new Digest();
  for (let i = 0; i < TIMES; i++) digest.word(i);
  if (digest.toString() === new Digest().toString()) throw new Error('a million words left the digest as it was');
  return TIMES;
}

/** What the engine pays for at every event, alone. */
export const kernelSuite: BenchSuite = {
  name: 'kernel',
  says: 'the parts that every event goes through',
  tasks: () => [
    { name: 'queue, 10 pending, a draw each', unit: 'event', run: () => hold(10) },
    { name: 'queue, 10,000 pending, a draw each', unit: 'event', run: () => hold(10_000) },
    { name: 'draws from one stream', unit: 'draw', run: draws },
    { name: 'words into the digest', unit: 'word', run: digestWords },
  ],
};

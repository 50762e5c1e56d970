import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { SHARED, type Job, type WorkerMessage } from '../../cli/jobs.js';

it('a worker tells the name of a handler once, however many seeds it runs', async () => {
  const progress = new Int32Array(new SharedArrayBuffer(4 * SHARED.length));
  const worker = new Worker(new URL('../../dist/cli/worker.js', import.meta.url), { workerData: { progress } });
  const job: Job = { kind: 'seeds', target: 'raft/leader-crash', settings: {}, seeds: ['1', '2', '3'], swarm: true };
  const announced: string[] = [];
  const told = await new Promise<WorkerMessage>((resolve) => {
    worker.on('message', (message: WorkerMessage) => {
      if (message.type === 'announce') announced.push(message.handler);
      else resolve(message);
    });
    worker.postMessage(job);
  });
  await worker.terminate();

  expect(told.type).toBe('result');
  expect(announced).toContain(`raft's onMessage.AppendEntries at n1`);
  expect(new Set(announced).size).toBe(announced.length);
});

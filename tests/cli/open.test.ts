import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ended, Workplace } from './workplace.js';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

describe('open', () => {
  const ask = (url: string, path: string, host?: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(url);
      request({ hostname, port, path, ...(host === undefined ? {} : { headers: { host } }) }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });
  it('serves the page to this machine, and ends with Ctrl-C', async () => {
    const child = place.start(['open', 'raft/bug-stale-read']);
    const over = ended(child);
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      child.stdout?.on('data', (piece: Buffer) => {
        said += piece.toString();
        const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(said);
        if (found !== null) resolve(found[0]);
      });
      void over.then(({ stderr }) => reject(new Error(stderr)));
    });
    expect(await Promise.all([ask(url, '/'), ask(url, '/', 'evil.example'), ask(url, '/x')])).toEqual([200, 403, 404]);
    child.kill('SIGINT');
    expect((await over).status).toBe(0);
  });
});

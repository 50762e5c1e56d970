import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace } from './spawn.js';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

describe('what a person sees', () => {
  it('is prose without colours where there is no terminal, and colours where they are asked for', () => {
    const argv = ['run', 'raft/bug-stale-read', '--bug', 'reads-local'];
    expect(place.run(argv).stdout).not.toContain('\u001b');
    expect(place.run(argv, { env: { FORCE_COLOR: '1' } }).stdout).toContain('\u001b[');
    expect(place.run(argv, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }).stdout).not.toContain('\u001b');
  });
  it('of a failing run is the evidence, then the story, then what to do', () => {
    expect(place.run(['run', 'raft/bug-stale-read', '--bug', 'reads-local']).stdout).toMatchSnapshot();
  });
});

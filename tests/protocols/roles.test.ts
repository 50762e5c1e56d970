import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { invariant, type AnyProtocol } from '../../engine/index.js';
import { catalogue, protocols, runScenario, type Scenario } from '../../scenarios/index.js';

const RUNS_MAX = 3;
const VIRTUAL_US = 1_500_000;

/** The roles that a protocol's nodes were in, in a few runs: a storm first, where there is one. */
function rolesSeen(protocol: AnyProtocol): Set<string> {
  const seen = new Set<string>();
  const look = invariant<object>()({
    name: 'roles',
    says: 'looks at roles',
    memory: () => ({}),
    afterStep: (_, node) => {
      if (node.up) seen.add(protocol.role!(node).name);
      return null;
    },
  });
  const scenarios = catalogue.filter((one): one is Scenario => one.kind === 'scenario' && one.protocol === protocol);
  const stormy = scenarios.filter(({ name }) => name.endsWith('stormy'));
  for (const scenario of [...stormy, ...scenarios].slice(0, RUNS_MAX)) {
    const watched = { ...scenario, protocol: { ...protocol, invariants: [look] } };
    runScenario({ ...watched, until: Math.min(scenario.until, VIRTUAL_US) }, { seed: '1', evidence: false });
  }
  return seen;
}

const withRoles = protocols.filter(({ role }) => role !== undefined);

describe.each(withRoles.map((protocol) => [protocol.name, protocol] as const))('the roles of %s', (name, protocol) => {
  it('are all declared', () => {
    const seen = rolesSeen(protocol);
    expect(seen.size).toBeGreaterThan(0);
    for (const role of seen) expect(protocol.roles).toContain(role);
  });
  it('are all named in its code', () => {
    const folder = fileURLToPath(new URL(`../../protocols/${name}/`, import.meta.url));
    const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
    const code = files.map((file) => readFileSync(folder + file, 'utf8')).join('\n');
    const undeclared = code.replaceAll(/^ {2}roles: \[[^\]]*\],$/gm, '');
    // What is made from another name (`Election` → `election`) is found in any case.
    for (const role of protocol.roles!) expect(undeclared.toLowerCase()).toContain(`'${role}'`);
  });
});

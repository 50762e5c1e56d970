import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { protocols, scenarioSchema } from '../../scenarios/index.js';

/** What a scenario file may say, for editors: the fields of `defineScenario`, and the protocol by its name. */
function scenarioFileSchema(): string {
  const { properties, required, ...rest } = z.toJSONSchema(scenarioSchema, { io: 'input' });
  const protocol = {
    type: 'string',
    enum: protocols.map(({ name }) => name),
    description: 'The protocol that runs, by its name: see `splitbrain list`',
  };
  const schema = {
    ...rest,
    title: 'A scenario of splitbrain',
    properties: { protocol, ...properties },
    required: ['protocol', ...(required ?? [])],
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

describe('the JSON Schema of scenario files', () => {
  it('is the one in docs/schema (npx vitest run tests/scenarios/catalogue-schema.test.ts -u writes it)', async () => {
    await expect(scenarioFileSchema()).toMatchFileSnapshot('../../docs/schema/scenario.schema.json');
  });

  it('says of each field of a scenario what it is', () => {
    const schema = JSON.parse(
      readFileSync(new URL('../../docs/schema/scenario.schema.json', import.meta.url), 'utf8'),
    ) as {
      readonly properties: Readonly<Record<string, unknown>>;
      readonly required: readonly string[];
    };
    expect(Object.keys(schema.properties).sort()).toEqual(['protocol', ...Object.keys(scenarioSchema.shape)].sort());
    expect([...schema.required].sort()).toEqual(['name', 'nodes', 'protocol', 'summary', 'until']);
  });
});

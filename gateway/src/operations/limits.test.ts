import { cpuMsOf } from '@civitas/testkit/cpu-time';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Gateway } from '../create-gateway.ts';
import { townGateway } from '../testing/town-gateway.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await townGateway();
});

/** 2^40 fields in one kilobyte. */
const bomb = [
  'query { ...F0 }',
  ...Array.from({ length: 40 }, (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`),
  'fragment F40 on Query { shelf }',
].join(' ');

const repeat = (count: number, item: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => item(n)).join(' ');

describe('an operation over a structural limit is refused before validation, and quickly', () => {
  test.each([
    ['maxTokens', `{ ${repeat(11_000, () => 'shelf')} }`],
    ['maxFields', bomb],
    ['maxFields', `{ users { ${repeat(2_001, () => 'name')} } }`],
    ['maxAliases', `{ users { ${repeat(201, (n) => `a${n}: name`)} } }`],
    ['maxAliases', `{ users { ${repeat(201, (n) => `a${n}: __typename`)} } }`],
    ['maxRootFields', `{ ${repeat(51, () => 'shelf')} }`],
    ['maxDirectives', `{ shelf ${repeat(201, () => '@include(if: true)')} }`],
    ['maxDepth', `${'{ a '.repeat(30)} ${'}'.repeat(30)}`],
    ['maxDepth', `{ echo(many: ${'['.repeat(30)}1${']'.repeat(30)}) }`],
    ['maxDefinitions', repeat(101, (n) => `query Q${n} { shelf }`)],
    [undefined, `${'{ a '.repeat(4_900)} ${'}'.repeat(4_900)}`],
  ])('%s', async (limit, query) => {
    const cpuMs = await cpuMsOf(async () => {
      const { result, status } = await gateway.execute({ query });
      expect(status).toBe(400);
      expect(result.errors?.[0]?.extensions).toMatchObject({
        code: 'OPERATION_TOO_LARGE',
        ...(limit && { limit }),
      });
    });
    expect(cpuMs).toBeLessThan(500);
  });
});

test('what is just within the limits is answered', async () => {
  const query = `{ users { ${repeat(200, (n) => `a${n}: name`)} } }`;
  const { result } = await gateway.execute({ query });
  expect(result).not.toHaveProperty('errors');
});

test('limits can be set', async () => {
  const strict = await townGateway({ limits: { maxDepth: 1 } });
  expect((await strict.execute({ query: '{ shelf }' })).status).toBe(200);
  expect(
    (await strict.execute({ query: '{ users { name } }' })).result.errors?.[0]?.extensions,
  ).toMatchObject({
    limit: 'maxDepth',
    maximum: 1,
    actual: 2,
  });
});

test('introspection cannot be nested without end', async () => {
  const query = `{ __schema { types ${'{ fields { type '.repeat(4)} { name } ${'} }'.repeat(4)} } }`;
  expect((await gateway.execute({ query })).result.errors?.[0]?.extensions?.['code']).toBe(
    'GRAPHQL_VALIDATION_FAILED',
  );
});

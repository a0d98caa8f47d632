import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { POLICIES, policiesOf } from './policies-of.ts';

test('a person satisfies the policies of their kind, their roles and their verification', () => {
  const officer = { kind: 'OFFICER', roles: ['MODERATOR'], verified: true } as const;
  expect(policiesOf({ ...officer, roles: [...officer.roles] })).toEqual([
    'moderator',
    'officer',
    'verified',
  ]);
  expect(policiesOf({ kind: 'DONOR', roles: [], verified: false })).toEqual(['donor']);
});

test('every policy that the supergraph asks for is one that somebody can satisfy', () => {
  const supergraph = readFileSync(
    new URL('../../../../supergraph.graphql', import.meta.url),
    'utf8',
  );
  const applied = [...supergraph.matchAll(/@policy\(policies: (\[\[[^)]*\]\])\)/g)];
  expect(applied.length).toBeGreaterThan(3);
  const asked = applied.flatMap(([, names]) => JSON.parse(names ?? '[]').flat() as string[]);
  expect(asked.filter((name) => !POLICIES.includes(name as never))).toEqual([]);
});

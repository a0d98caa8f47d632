import { randomUUID } from 'node:crypto';
import type { TestResult } from '@civitas/testkit';
import type { GraphQLField, GraphQLSchema } from 'graphql';
import { getNamedType, isUnionType } from 'graphql';
import { callOf, idPathsOf, type Values } from './generate-input.ts';
import { PASSER_PASSWORD } from './passers.ts';
import { INTERNAL, PREFIX_OF } from './who-does-what.ts';

type Field = GraphQLField<unknown, unknown>;

/** The mutations of a schema that take an id, wherever in their arguments. */
export function mutationsWithIds(schema: GraphQLSchema): Field[] {
  const fields = Object.values(schema.getMutationType()?.getFields() ?? {});
  return fields.filter((field) => idPathsOf(field).length > 0 && !INTERNAL.has(field.name));
}

/** The kind of id each path of a field takes; undefined where nobody has said it yet. */
export function prefixOf(field: Field, path: string): string | undefined {
  const argument = path.split('.').at(-1) ?? '';
  return PREFIX_OF[`${field.name}.${argument}`] ?? PREFIX_OF[argument];
}

/** Values that the rules of an input accept; undefined leaves one out. */
const NAMED: Values['named'] = {
  awareness: undefined,
  expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
  // A file is imported by its upload or from the request, not from both.
  file: undefined,
  idempotencyKey: 'walk',
  importId: 'walk',
  password: PASSER_PASSWORD,
  scopes: 'catalogue:read',
};

const newName = () => `walk-${randomUUID().slice(0, 8)}`;

/** One mutation with these ids, as it is sent. */
export function mutationOf(field: Field, id: Values['id']) {
  const { declared, call, variables } = callOf(field, {
    id,
    named: field.name === 'openPartnerAccount' ? { ...NAMED, name: newName() } : NAMED,
  });
  const failures = isUnionType(getNamedType(field.type))
    ? '{ __typename ... on UserError { code path } }'
    : '';
  return { query: `mutation (${declared}) { result: ${call} ${failures} }`, variables };
}

export const DONE = 'done';

/** Refusals that say nothing about whose a thing is: a walk that gets them tries nothing. */
export const NO_REFUSALS: ReadonlySet<string> = new Set([
  DONE,
  'BAD_USER_INPUT',
  'GRAPHQL_VALIDATION_FAILED',
  'INTERNAL_SERVER_ERROR',
  'INVALID_INPUT',
  'MALFORMED_ID',
]);

/** `done`, or the code of the failure. */
export function outcomeOf({ data, errors }: Pick<TestResult, 'data' | 'errors'>): string {
  const [error] = errors ?? [];
  if (error) return String(error.extensions?.['code']);
  return data?.result?.code ?? DONE;
}

import { stubSubgraph } from '@civitas/testkit/stub-subgraph';
import { expect, test } from 'vitest';
import { CivitasError } from '../../errors/index.ts';
import { ANONYMOUS } from '../callers/viewer.ts';
import type { Subgraph } from '../types.ts';
import { executeOnSubgraph } from './execute-on-subgraph.ts';

const SDL = /* GraphQL */ `
  type Query { zero: Int }
  type Mutation { write(input: Input!): Result }
  input Input { word: String! = "none", count: Int, kind: Kind = SHORT, marks: [Int!], as: String }
  enum Kind { SHORT LONG }
  interface Failure { code: String! }
  union Result = Written | Refused
  type Written { word: String! kind: Kind! marks: [Mark] }
  type Mark { at: Int! }
  type Refused implements Failure { code: String! because: String }
`;
const WRITE = /* GraphQL */ `
  mutation Write($input: Input!, $isShort: Boolean = false) {
    written: write(input: $input) {
      __typename
      ... on Written { said: word kind @skip(if: $isShort) marks { at } }
      ... on Failure { code }
      ... on Refused { because }
    }
  }
`;

interface Given {
  readonly word: string;
  readonly kind: string;
  readonly marks?: readonly number[];
  readonly as?: string;
}

function write(_: unknown, { input }: { input: Given }, ctx: { requestId: string }) {
  const { word, kind, marks, as } = input;
  if (as === 'refused') return { __typename: 'Refused', code: 'NO', because: word };
  if (as === 'forbidden') throw new CivitasError('FORBIDDEN');
  if (as === 'broken') return Promise.reject(new Error('hunter2'));
  if (as === 'nothing') return null;
  if (as === 'caller') return { __typename: 'Refused', code: ctx.requestId };
  // A null where there must be something goes up to what may be null.
  const at = marks?.map((mark) => ({ at: mark < 0 ? null : mark }));
  return { __typename: 'Written', word: as === 'wordless' ? null : word, kind, marks: at };
}

const fresh = () => stubSubgraph({ name: 'words', sdl: SDL, resolvers: { Mutation: { write } } });

const { signal } = new AbortController();
const ask = (subgraph: Subgraph, variables: Record<string, unknown> | undefined) =>
  executeOnSubgraph(
    subgraph,
    { query: WRITE, operationName: 'Write', variables },
    { viewer: ANONYMOUS, requestId: 'request-1', signal },
  );

test('a mutation that is asked all the time is answered as it was the first time', async () => {
  const [hot, cold] = [fresh(), fresh()];
  for (let n = 0; n < 120; n += 1) await ask(hot, { input: { word: 'again' } });
  const given = [
    { input: {} },
    { input: { word: 'Hi', kind: 'LONG', marks: [1, 2] } },
    { input: { word: 'Hi', marks: 3 }, isShort: true },
    { input: { marks: [1, -1, 2] } },
    ...['refused', 'forbidden', 'broken', 'nothing', 'caller', 'wordless'].map((as) => ({
      input: { as },
    })),
    { input: { word: null } },
    { input: { word: 1, count: 1.5, kind: 'MIDDLE', marks: ['x'], more: true } },
    { input: { count: 2 ** 31 } },
    { input: { word: 'Hi' }, isShort: 'yes' },
    { more: 1 },
    undefined,
  ];
  for (const variables of given) {
    expect(await ask(hot, variables)).toEqual(await ask(cold, variables));
  }
});

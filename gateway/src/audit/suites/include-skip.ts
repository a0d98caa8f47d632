import type { Fixture } from '../fixture.ts';

const lamps = [{ id: 'l1', watts: 40, tone: 'warm' }];
const never = () => {
  throw new Error('Left out, but asked for.');
};

export const includeSkip: Fixture = {
  about: 'conditions on fields that other subgraphs’ fields are required for',
  subgraphs: {
    shop: 'type Query { lamp: Lamp } type Lamp @key(fields: "id") { id: ID! watts: Float }',
    checks: `type Lamp @key(fields: "id") { id: ID! watts: Float @external isBright: Boolean! @requires(fields: "watts") }`,
    uses: `type Lamp @key(fields: "id") {
      id: ID! tone: String isBright: Boolean! @external
      included: Boolean! @requires(fields: "isBright") kept: Boolean! @requires(fields: "isBright")
      excluded: Boolean! @requires(fields: "isBright") skipped: Boolean! @requires(fields: "isBright")
    }`,
  },
  world: { Lamp: lamps },
  answers: {
    Query: { lamp: () => lamps[0] },
    Lamp: {
      isBright: ({ watts }) => watts > 30,
      included: ({ isBright }) => isBright,
      kept: ({ isBright }) => isBright,
      excluded: never,
      skipped: never,
    },
  },
  random: false,
  cases: [
    {
      query: 'query ($on: Boolean = false) { lamp { watts excluded @include(if: $on) } }',
      data: { lamp: { watts: 40 } },
    },
    {
      query: 'query ($on: Boolean = true) { lamp { watts skipped @skip(if: $on) } }',
      data: { lamp: { watts: 40 } },
    },
    {
      query: 'query ($on: Boolean = true) { lamp { watts included @include(if: $on) } }',
      data: { lamp: { watts: 40, included: true } },
    },
    {
      query: 'query ($on: Boolean = false) { lamp { watts kept @skip(if: $on) } }',
      data: { lamp: { watts: 40, kept: true } },
    },
    {
      query: 'query ($on: Boolean = false) { lamp { tone excluded @include(if: $on) } }',
      data: { lamp: { tone: 'warm' } },
    },
    {
      query:
        'query ($on: Boolean = true) { lamp { ...all } } fragment all on Lamp { tone kept ... @skip(if: $on) { skipped } ... @include(if: $on) { included } }',
      data: { lamp: { tone: 'warm', kept: true, included: true } },
    },
  ],
};

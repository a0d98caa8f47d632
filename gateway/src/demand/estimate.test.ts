import { fc } from '@civitas/testkit/random';
import {
  buildSchema,
  execute,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  validate,
} from 'graphql';
import { expect, test } from 'vitest';
import { arbitraryOperation } from '../testing/arbitrary-operation.ts';
import type { CostRules } from './cost-rules.ts';
import { operationCost } from './operation-cost.ts';

const schema = buildSchema(`
  type Query { animal: Animal animals: [Animal] pets: [Pet!] cat: Cat }
  interface Animal { name: String friends: [Animal] }
  union Pet = Cat | Dog
  type Cat implements Animal { name: String friends: [Animal] lives: Lives owners: [Person] }
  type Dog implements Animal { name: String friends: [Animal] tricks: [Trick] owners: [Person] }
  type Fish implements Animal { name: String friends: [Animal] tank: Tank }
  type Lives { left: Int }
  type Trick { title: String taughtBy: Person }
  type Tank { litres: Int fish: [Fish] }
  type Person { name: String pets: [Pet] }
`);
const WEIGHTS: Readonly<Record<string, number>> = { Lives: 9, Trick: 5, Tank: 30, Int: 2 };
const LIST_SIZE = 3;
const rules: CostRules = {
  field: () => undefined,
  typeWeight: (type) => WEIGHTS[type],
  inputFieldWeight: () => undefined,
};

function costOf(text: string) {
  const node = parse(text).definitions.find(
    (each): each is OperationDefinitionNode => each.kind === Kind.OPERATION_DEFINITION,
  );
  if (!node) throw new Error('No operation.');
  return operationCost({ node, fragments: {} }, { schema, rules, defaultListSize: LIST_SIZE });
}

test('of fragments for different types the dearest counts, with what is asked of all', () => {
  const estimate = (text: string) => costOf(text).estimate({});
  const [cat, fish] = ['... on Cat { lives { left } }', '... on Fish { tank { litres } }'];
  expect(estimate(`{ animal { ${cat} } }`)).toBe(1 + 9 + 2);
  expect(estimate(`{ animal { ${cat} ${fish} } }`)).toBe(1 + 30 + 2);
  expect(estimate(`{ animal { ${cat} ${fish} friends { name } } }`)).toBe(1 + 30 + 2 + 3);
  // What is narrowed once stays so within a fragment that fits all that is left.
  expect(estimate(`{ animal { ... on Cat { ... on Animal { ${cat} } } ${fish} } }`)).toBe(33);
  expect(estimate(`{ pets { ${cat} } cat { ... on Animal { ${cat} } } }`)).toBe(3 * 12 + 12);
});

test('nothing costs more than its estimate, nor less than what it took', async () => {
  const choices = fc.array(fc.nat({ max: 1_000 }), { size: 'max', maxLength: 80 });
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(choices, choices, async (given, chances) => {
      const left = [...given];
      const choose = (below: number) => (left.shift() ?? 0) % Math.max(1, below);
      const query = arbitraryOperation({
        schema,
        kind: OperationTypeNode.QUERY,
        choose,
        values: {},
        maxDepth: 6,
      });
      const document = parse(query);
      fc.pre(validate(schema, document).length === 0);
      const variableValues = { yes: chances.length % 2 === 0, no: chances.length % 3 === 0 };
      let turn = 0;
      const chance = (below: number) =>
        (chances[turn++ % Math.max(1, chances.length)] ?? 0) % below;
      let taken = 0;
      const one = (type: GraphQLNamedType) => {
        taken += WEIGHTS[type.name] ?? ('getFields' in type || 'getTypes' in type ? 1 : 0);
        if (type.name === 'Int') return 1;
        return type.name === 'String' ? 'text' : {};
      };
      const { data, errors } = await execute({
        schema,
        document,
        variableValues,
        fieldResolver: (_source, _args, _context, { returnType }) => {
          const type = getNamedType(returnType);
          if (!String(returnType).startsWith('[')) return one(type);
          return Array.from({ length: chance(LIST_SIZE + 1) }, () => one(type));
        },
        typeResolver: (_value, _context, _info, type) => {
          const possible = schema.getPossibleTypes(type);
          return (possible[chance(possible.length)] as GraphQLObjectType).name;
        },
      });
      expect(errors).toBeUndefined();
      const cost = costOf(query);
      const variables = JSON.parse(JSON.stringify(variableValues));
      const actual = cost.actual(data, variables);
      expect({ query, isEnough: cost.estimate(variables) >= actual }).toEqual({
        query,
        isEnough: true,
      });
      expect({ query, isReal: actual >= taken }).toEqual({ query, isReal: true });
      compared += taken > 0 ? 1 : 0;
    }),
    { numRuns: 60 },
  );
  expect(compared).toBeGreaterThan(5);
});

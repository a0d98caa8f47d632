import { fc } from '@civitas/testkit/random';
import {
  type DocumentNode,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  OperationTypeNode,
  parse,
  validate,
} from 'graphql';
import { defaultOperationLimits } from '../operations/limits.ts';
import { checkStructure } from '../operations/structure.ts';
import { arbitraryOperation } from './arbitrary-operation.ts';

type Values = Readonly<Record<string, readonly string[]>>;

/**
 * Valid queries of random shape whose keys are often the names of other fields: what a plan is most
 * likely to confuse.
 */
export function randomQueries(schema: GraphQLSchema, values: Values): fc.Arbitrary<string> {
  const keys = [...fieldNames(schema), '__typename'];
  return fc
    .array(fc.nat({ max: 1_000 }), { size: 'max', maxLength: 120 })
    .map((given) => {
      let at = 0;
      const choose = (below: number): number => (given[at++] ?? 0) % Math.max(1, below);
      return arbitraryOperation({
        schema,
        kind: OperationTypeNode.QUERY,
        choose,
        values,
        keys,
        maxDepth: 3,
      });
    })
    .filter((query) => {
      const document = parse(query);
      return isWithinLimits(document) && validate(schema, document).length === 0;
    });
}

/** What the gateway refuses for its size says nothing about plans. */
function isWithinLimits(document: DocumentNode): boolean {
  try {
    checkStructure(document, defaultOperationLimits);
    return true;
  } catch {
    return false;
  }
}

function fieldNames(schema: GraphQLSchema): ReadonlySet<string> {
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => (isObjectType(type) || isInterfaceType(type)) && !type.name.startsWith('__'),
  );
  return new Set(
    types.flatMap((type) => ('getFields' in type ? Object.keys(type.getFields()) : [])),
  );
}

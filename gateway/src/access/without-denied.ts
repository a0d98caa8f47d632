import {
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import type { OperationBody } from '../operations/prepared-document.ts';
import type { GuardedField } from './guarded-fields.ts';

const TYPENAME: FieldNode = {
  kind: Kind.FIELD,
  name: { kind: Kind.NAME, value: '__typename' },
};

/** Cannot stand in a GraphQL name, so no field that is fetched answers to a marked key. */
const MARK = '!';

/** The response key under which a denied field is kept until the response is finished. */
export function markedKey(key: string): string {
  return key + MARK;
}

export function isMarkedKey(key: string): boolean {
  return key.endsWith(MARK);
}

/** What is planned and fetched: `__typename` keeps selection sets without denied fields from emptying. */
export function withoutDenied(body: OperationBody, denied: readonly GuardedField[]): OperationBody {
  return replaceFields(body, denied, () => TYPENAME);
}

/**
 * What shapes the response: denied fields stand under a marked key, where nothing was fetched, so
 * they become null, and nulls spread as the schema has it. The plain key is not safe: the plan may
 * fetch the very same field for itself, as a key of the entity.
 */
export function markingDenied(body: OperationBody, denied: readonly GuardedField[]): OperationBody {
  return replaceFields(body, denied, (node) => {
    const key = node.alias?.value ?? node.name.value;
    return { ...node, alias: { kind: Kind.NAME, value: markedKey(key) } };
  });
}

function replaceFields(
  { node, fragments }: OperationBody,
  denied: readonly GuardedField[],
  replacement: (node: FieldNode) => FieldNode,
): OperationBody {
  const nodes = new Set(denied.map((field) => field.node));
  const visitor = {
    Field: {
      enter: (field: FieldNode) => (nodes.has(field) ? replacement(field) : undefined),
    },
  };
  const replaced = Object.entries(fragments).map(
    ([name, fragment]): [string, FragmentDefinitionNode] => [name, visit(fragment, visitor)],
  );
  return {
    node: visit<OperationDefinitionNode>(node, visitor),
    fragments: Object.fromEntries(replaced),
  };
}

import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { LoadedSupergraph } from '../supergraph/load-supergraph.ts';
import type { AccessRule } from './rules.ts';

/** One place of an operation where a protected field is selected. */
export interface GuardedField {
  readonly node: FieldNode;
  readonly rule: AccessRule;
  /** Response keys from the root, without list indices. */
  readonly path: readonly string[];
  readonly nonNull: boolean;
  /** The guarded field it stands under, when there is one. */
  readonly within: GuardedField | undefined;
}

/** Finds every protected field of an operation, through fragments. Done once per document. */
export function findGuardedFields(
  operation: OperationDefinitionNode,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
  { schema, accessRules }: LoadedSupergraph,
): readonly GuardedField[] {
  const found: GuardedField[] = [];
  const root = schema.getRootType(operation.operation);
  if (accessRules.empty || !root) return found;

  function walk(
    set: SelectionSetNode,
    parent: GraphQLCompositeType,
    path: readonly string[],
    within: GuardedField | undefined,
  ): void {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        walkField(selection, parent, path, within);
        continue;
      }
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection;
      const condition =
        fragment?.typeCondition && schema.getType(fragment.typeCondition.name.value);
      if (fragment) {
        walk(fragment.selectionSet, isCompositeType(condition) ? condition : parent, path, within);
      }
    }
  }

  function walkField(
    node: FieldNode,
    parent: GraphQLCompositeType,
    path: readonly string[],
    within: GuardedField | undefined,
  ): void {
    if (!isObjectType(parent) && !isInterfaceType(parent)) return;
    const field = parent.getFields()[node.name.value];
    if (!field) return;
    const here = [...path, node.alias?.value ?? node.name.value];
    const rule = accessRules.forField(parent.name, field.name);
    const guarded = rule && { node, rule, path: here, nonNull: isNonNullType(field.type), within };
    if (guarded) found.push(guarded);
    const type = getNamedType(field.type);
    if (node.selectionSet && isCompositeType(type)) {
      walk(node.selectionSet, type, here, guarded ?? within);
    }
  }

  walk(operation.selectionSet, root, [], undefined);
  return found;
}

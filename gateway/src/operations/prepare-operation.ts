import { normalizedHash } from '@civitas/platform/documents';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  visit,
} from 'graphql';
import { findGuardedFields } from '../access/guarded-fields.ts';
import { operationCost } from '../demand/operation-cost.ts';
import type { LoadedSupergraph } from '../supergraph/load-supergraph.ts';
import { deferringOperation, deferVariables } from './deferred-fragments.ts';
import { introspects } from './introspects.ts';
import type { OperationBody, PreparedDocument, PreparedOperation } from './prepared-document.ts';

interface Preparing {
  readonly supergraph: LoadedSupergraph;
  readonly defaultListSize: number;
}

/** Of one operation, what is deferred differs by variables; rarely in more ways than this. */
const MAX_VARIANTS = 16;

/**
 * Works out for a validated document what is worked out once. `@defer` is taken out: it counts only
 * where an answer can come in parts.
 */
export function prepareDocument(document: DocumentNode, preparing: Preparing): PreparedDocument {
  const plain = withoutDefer(document);
  const fragments = fragmentsOf(plain);
  const deferring = plain === document ? undefined : fragmentsOf(document);
  const written = operationsOf(document);
  let hash: string | undefined;
  return {
    introspects: introspects(document),
    normalizedHash: () => (hash ??= normalizedHash(document)),
    operations: operationsOf(plain).map((node, index) => {
      const operation = prepareOperation({ node, fragments }, preparing);
      const before = written[index];
      if (!deferring || !before || node.operation === OperationTypeNode.SUBSCRIPTION) {
        return operation;
      }
      return { ...operation, inParts: partsBy({ node: before, fragments: deferring }, preparing) };
    }),
  };
}

function prepareOperation(
  body: OperationBody,
  { supergraph, defaultListSize }: Preparing,
): PreparedOperation {
  const { schema, costRules: rules } = supergraph;
  const guarded = findGuardedFields(body.node, body.fragments, supergraph);
  const cost = operationCost(body, { schema, rules, defaultListSize });
  return { ...body, cost, guarded, plans: new Map() };
}

function partsBy(
  { node, fragments }: OperationBody,
  preparing: Preparing,
): NonNullable<PreparedOperation['inParts']> {
  const sets = [node, ...Object.values(fragments)].map(({ selectionSet }) => selectionSet);
  const names = deferVariables(sets);
  const variants = new Map<string, PreparedOperation | undefined>();
  return (variables) => {
    const key = names.map((name) => (variables[name] === true ? '1' : '0')).join('');
    if (variants.has(key)) return variants.get(key);
    const parts = deferringOperation(node, fragments, variables);
    const body = { node: parts.node, fragments: {} };
    const variant =
      parts.deferred.size > 0 ? { ...prepareOperation(body, preparing), parts } : undefined;
    if (variants.size >= MAX_VARIANTS) variants.clear();
    variants.set(key, variant);
    return variant;
  };
}

function withoutDefer(document: DocumentNode): DocumentNode {
  return visit(document, {
    Directive: ({ name }) => (name.value === 'defer' ? null : undefined),
  });
}

function operationsOf({ definitions }: DocumentNode): readonly OperationDefinitionNode[] {
  return definitions.filter(
    ({ kind }) => kind === Kind.OPERATION_DEFINITION,
  ) as OperationDefinitionNode[];
}

function fragmentsOf({ definitions }: DocumentNode): OperationBody['fragments'] {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  return fragments;
}

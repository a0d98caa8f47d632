import type { QueryPlan } from '@apollo/query-planner';
import type { DocumentNode, FragmentDefinitionNode, OperationDefinitionNode } from 'graphql';
import type { GuardedField } from '../access/guarded-fields.ts';

/** One operation of a validated document with everything that is worked out once for it. */
export interface PreparedOperation {
  readonly node: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** The fields that not everybody may read. */
  readonly guarded: readonly GuardedField[];
  /** Plans by which guarded fields are left out, `''` for none. Filled as they are asked for. */
  readonly plans: Map<string, QueryPlan>;
}

/** A document that passed limits and validation. */
export interface PreparedDocument {
  readonly operations: readonly PreparedOperation[];
}

/** The document of one operation alone, its fragments with it: what is planned. */
export function documentOf({
  node,
  fragments,
}: Pick<PreparedOperation, 'node' | 'fragments'>): DocumentNode {
  return {
    kind: 'Document' as DocumentNode['kind'],
    definitions: [node, ...Object.values(fragments)],
  };
}

import type { QueryPlan } from '@apollo/query-planner';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import type { GuardedField } from '../access/guarded-fields.ts';
import type { OperationCost } from '../demand/operation-cost.ts';
import type { DeferringOperation } from './deferred-fragments.ts';
import type { PrivateKeys } from './private-keys.ts';

/** An operation and the fragments it may use. */
export interface OperationBody {
  readonly node: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
}

/** How an operation runs for the viewers who are denied the same of its fields. */
export interface PlannedOperation {
  readonly plan: QueryPlan;
  /** How the data of the plan is keyed, where not as the response. */
  readonly keys: PrivateKeys;
  /** Shapes the response; denied fields stand in it under a key that nothing is fetched for. */
  readonly shapedBy: OperationBody;
  /** False when fields are left out. */
  readonly isWhole: boolean;
}

/** What the response of an operation is made by. */
export type ShapedOperation = Pick<PlannedOperation, 'shapedBy' | 'keys'>;

/** One operation of a validated document with everything that is worked out once for it. */
export interface PreparedOperation extends OperationBody {
  /**
   * The operation as it is answered in parts for these variables; undefined when nothing of it is
   * deferred. Absent when nothing ever is.
   */
  readonly inParts?: (
    variables: Readonly<Record<string, unknown>>,
  ) => PreparedOperation | undefined;
  /** Its deferred fragments, when it is answered in parts. */
  readonly parts?: Pick<DeferringOperation, 'deferred' | 'fragmentOf'>;
  /** What it costs, with the variables left open. */
  readonly cost: OperationCost;
  /** The fields that not everybody may read. */
  readonly guarded: readonly GuardedField[];
  /** Plans by which guarded fields are left out, `''` for none. Filled as they are asked for. */
  readonly plans: Map<string, PlannedOperation>;
}

/** A document that passed limits and validation. */
export interface PreparedDocument {
  readonly operations: readonly PreparedOperation[];
  /** Whether it asks what the schema holds, `__typename` aside. */
  readonly introspects: boolean;
  /** See `normalizedHash` of the platform; worked out when somebody asks. */
  readonly normalizedHash: () => string;
}

/** The document of one operation alone, its fragments with it: what is planned. */
export function documentOf({ node, fragments }: OperationBody): DocumentNode {
  return {
    kind: Kind.DOCUMENT,
    definitions: [node, ...Object.values(fragments)],
  };
}

import type { ErrorCode } from '@civitas/platform/errors';
import { catalogue } from '@civitas/platform/errors';
import type { Viewer } from '@civitas/platform/subgraph';
import { GraphQLError, OperationTypeNode } from 'graphql';
import type { PreparedOperation } from '../operations/prepared-document.ts';
import { OperationRefused } from '../pipeline/operation-refused.ts';
import type { GuardedField } from './guarded-fields.ts';
import { decidePolicies, isSatisfied, type Policy } from './rules.ts';

/** What one viewer may not read of one operation. */
export interface AccessDecision {
  /** The outermost denied fields. */
  readonly denied: readonly GuardedField[];
  /** Names this set of denied fields among the others of the operation; `''` for none. */
  readonly key: string;
  readonly code: Extract<ErrorCode, 'UNAUTHENTICATED' | 'FORBIDDEN'>;
}

/** Everything may be read. */
export const NOTHING_DENIED: AccessDecision = { denied: [], key: '', code: 'FORBIDDEN' };

/**
 * Decides which guarded fields are left out for this viewer. They are never fetched: the plan is
 * made without them, and the response has null there with an error.
 *
 * A mutation or a subscription is all or nothing, because a part of it is not what was asked for;
 * so is an operation
 * whose denied root field cannot be null.
 * @throws OperationRefused `UNAUTHENTICATED` (anonymous viewer) or `FORBIDDEN`
 */
export function decideAccess(
  operation: PreparedOperation,
  viewer: Viewer,
  policies: ReadonlyMap<string, Policy>,
): AccessDecision {
  if (operation.guarded.length === 0) return NOTHING_DENIED;
  const all = new Set<GuardedField>();
  const holds = decidePolicies(viewer, policies);
  for (const field of operation.guarded) {
    if (!isSatisfied(field.rule, viewer, holds)) all.add(field);
  }
  if (all.size === 0) return NOTHING_DENIED;
  const denied = [...all].filter((field) => !hasDeniedAncestor(field, all));
  const code = viewer.type === 'anonymous' ? 'UNAUTHENTICATED' : 'FORBIDDEN';
  const isWhole = operation.node.operation !== OperationTypeNode.QUERY;
  const atRoot = denied.filter(({ path, nonNull }) => path.length === 1 && (nonNull || isWhole));
  if (atRoot.length > 0) throw new OperationRefused(atRoot.map(({ path }) => denial(code, path)));
  return { denied, key: denied.map((field) => operation.guarded.indexOf(field)).join(), code };
}

/** The error for one place in the response where a denied field stands. */
export function denial(
  code: AccessDecision['code'],
  path: readonly (string | number)[],
): GraphQLError {
  return new GraphQLError(catalogue[code].message, { path, extensions: { code } });
}

function hasDeniedAncestor(field: GuardedField, denied: ReadonlySet<GuardedField>): boolean {
  for (let above = field.within; above; above = above.within) if (denied.has(above)) return true;
  return false;
}

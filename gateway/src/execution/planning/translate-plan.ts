import type { FetchNode, PlanNode, QueryPlan } from '@apollo/query-planner';
import { type FieldNode, Kind, parse, print, stripIgnoredCharacters, visit } from 'graphql';
import type { LoadedSupergraph } from '../../supergraph/load-supergraph.ts';
import { renamesIn, withoutPaths } from './required-selections.ts';
import { splitByNeeds } from './split-by-needs.ts';

/** What a plan is translated with. */
type Translation = Pick<LoadedSupergraph, 'standIns' | 'requiredPaths'>;

/**
 * Makes a plan of Apollo's planner one that can be run as it stands.
 *
 * It was made over fields that stand in for others with arguments: subgraphs are asked for the real
 * fields, under the stand-ins' names as keys, and get them in representations by their real names.
 * A fetch whose fields cannot be answered from one representation becomes several.
 */
export function translatePlan(plan: QueryPlan, given: Translation): QueryPlan {
  const { node } = plan;
  if (!node) return plan;
  if (node.kind !== 'Subscription') return { ...plan, node: translate(node, given) };
  const { rest } = node;
  const primary = withRealFields(node.primary, given);
  return { ...plan, node: { ...node, primary, ...(rest && { rest: translate(rest, given) }) } };
}

function translate(node: PlanNode, given: Translation): PlanNode {
  switch (node.kind) {
    case 'Fetch':
      return translateFetch(node, given);
    case 'Flatten':
      return { ...node, node: translate(node.node, given) };
    case 'Sequence':
    case 'Parallel':
      return { ...node, nodes: node.nodes.map((each) => translate(each, given)) };
    case 'Condition': {
      const { ifClause, elseClause } = node;
      return {
        ...node,
        ...(ifClause && { ifClause: translate(ifClause, given) }),
        ...(elseClause && { elseClause: translate(elseClause, given) }),
      };
    }
    case 'Defer': {
      const { primary, deferred } = node;
      return {
        ...node,
        primary: { ...primary, ...(primary.node && { node: translate(primary.node, given) }) },
        deferred: deferred.map((each) => ({
          ...each,
          ...(each.node && { node: translate(each.node, given) }),
        })),
      };
    }
  }
}

function translateFetch(node: FetchNode, given: Translation): PlanNode {
  const { requires } = node;
  if (!requires) return withRealFields(node, given);
  const parts = splitFetch(node, given).map(({ part, needless }): FetchNode => {
    const kept = withoutPaths(requires, needless);
    const renames = renamesIn(kept, given.standIns);
    const asked = { ...withRealFields(part, given), requires: kept };
    if (renames.length === 0) return asked;
    return { ...asked, inputRewrites: [...(asked.inputRewrites ?? []), ...renames] };
  });
  return parts.length === 1 && parts[0] ? parts[0] : { kind: 'Parallel', nodes: parts };
}

/** Most fetches have nothing to divide, which their text alone tells. */
function splitFetch(node: FetchNode, { requiredPaths, standIns }: Translation) {
  const paths = requiredPaths.get(node.serviceName);
  const isDivisible = paths && paths.byField.size > 0;
  const isConditional = node.operation.includes('@');
  if (!isDivisible || (!isConditional && standIns.size === 0)) {
    return [{ part: node, needless: new Set<string>() }];
  }
  return splitByNeeds(node, paths, standIns);
}

/** Asks for what the stand-ins stand for. */
function withRealFields(node: FetchNode, { standIns }: Translation): FetchNode {
  if (standIns.size === 0) return node;
  let isChanged = false;
  const document = visit(parse(node.operation, { noLocation: true }), {
    Field: (field): FieldNode | undefined => {
      const standIn = standIns.get(field.name.value);
      if (!standIn) return undefined;
      isChanged = true;
      return {
        ...field,
        alias: field.alias ?? { kind: Kind.NAME, value: field.name.value },
        name: { kind: Kind.NAME, value: standIn.field },
        arguments: standIn.arguments,
      };
    },
  });
  return isChanged ? { ...node, operation: stripIgnoredCharacters(print(document)) } : node;
}

import type { FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode } from '@apollo/query-planner';
import { type FieldNode, Kind, parse, print, stripIgnoredCharacters, visit } from 'graphql';
import type { WithStandIns } from '../../supergraph/argument-stand-ins.ts';
import { renamesIn, withoutFields } from './required-selections.ts';
import { splitByNeeds } from './split-by-needs.ts';

/**
 * Translates a plan over fields that stand in for others with arguments: subgraphs are asked for the
 * real fields, under the stand-ins' names as keys, and get them in representations by their real
 * names. A fetch for which one name would have to mean two values becomes several.
 */
export function planWithoutStandIns(plan: QueryPlan, given: WithStandIns): QueryPlan {
  if (given.standIns.size === 0 || !plan.node) return plan;
  const { node } = plan;
  if (node.kind !== 'Subscription') return { ...plan, node: translate(node, given) };
  const { rest } = node;
  const primary = withRealFields(node.primary, given);
  return { ...plan, node: { ...node, primary, ...(rest && { rest: translate(rest, given) }) } };
}

function translate(node: PlanNode, given: WithStandIns): PlanNode {
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

function translateFetch(node: FetchNode, given: WithStandIns): PlanNode {
  const { requires } = node;
  const asked = withRealFields(node, given);
  if (!requires) return asked;
  const parts = splitByNeeds(asked, given).map(({ part, needless }): FetchNode => {
    const kept: QueryPlanSelectionNode[] = withoutFields(requires, needless);
    const renames = renamesIn(kept, given.standIns);
    if (renames.length === 0) return { ...part, requires: kept };
    return { ...part, requires: kept, inputRewrites: [...(part.inputRewrites ?? []), ...renames] };
  });
  return parts.length === 1 && parts[0] ? parts[0] : { kind: 'Parallel', nodes: parts };
}

/** Asks for what the stand-ins stand for. */
function withRealFields(node: FetchNode, { standIns }: WithStandIns): FetchNode {
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

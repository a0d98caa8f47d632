import {
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type InlineFragmentNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** What stands in the operation for one deferred fragment. */
export interface DeferredFragment {
  /** As the client named it. */
  readonly label: string | undefined;
}

/** An operation whose deferred fragments have names of our own, one for each place. */
export interface DeferringOperation {
  readonly node: OperationDefinitionNode;
  /** By our name of the fragment. */
  readonly deferred: ReadonlyMap<string, DeferredFragment>;
  /** The innermost deferred fragment that a field stands in. */
  readonly fragmentOf: ReadonlyMap<FieldNode, string>;
}

const DEFER = 'defer';
/** The planner's time grows steeply with their number; what is beyond is answered at once. */
const MAX_DEFERRED = 16;

/** The `@defer` of a fragment; undefined where there is none. */
export function deferOf({ directives }: SelectionNode): DirectiveNode | undefined {
  return directives?.find(({ name }) => name.value === DEFER);
}

/** Our name of a deferred fragment in an operation that `deferringOperation` made. */
export function nameOf(selection: SelectionNode): string | undefined {
  const label = argument(deferOf(selection), 'label');
  return label?.kind === Kind.STRING ? label.value : undefined;
}

/** The names of the variables that decide whether something is deferred. */
export function deferVariables(sets: readonly SelectionSetNode[]): readonly string[] {
  const names = new Set<string>();
  const visit = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      const condition = argument(deferOf(selection), 'if');
      if (condition?.kind === Kind.VARIABLE) names.add(condition.name.value);
      if ('selectionSet' in selection && selection.selectionSet) visit(selection.selectionSet);
    }
  };
  for (const set of sets) visit(set);
  return [...names];
}

/**
 * Writes an operation without fragment definitions, every fragment standing where it is spread, and
 * gives each place that is deferred for these variables a name of its own: a fragment that is spread
 * twice is delivered twice. What is not deferred loses the directive.
 *
 * The planner would make one plan for each combination of conditions, `2^n` of them; decided here,
 * it is one plan for the combination at hand. The size of the result is bounded by the limit on
 * fields, which counts fragments where they are spread.
 */
export function deferringOperation(
  operation: OperationDefinitionNode,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
  variables: Readonly<Record<string, unknown>>,
): DeferringOperation {
  const deferred = new Map<string, DeferredFragment>();
  const fragmentOf = new Map<FieldNode, string>();

  function rewriteSet(set: SelectionSetNode, within: string | undefined): SelectionSetNode {
    return { ...set, selections: set.selections.map((each) => rewrite(each, within)) };
  }

  function rewrite(selection: SelectionNode, within: string | undefined): SelectionNode {
    if (selection.kind === Kind.FIELD) {
      const { selectionSet } = selection;
      const field: FieldNode = {
        ...selection,
        ...(selectionSet && { selectionSet: rewriteSet(selectionSet, within) }),
      };
      if (within !== undefined) fragmentOf.set(field, within);
      return field;
    }
    const directives = (selection.directives ?? []).filter(({ name }) => name.value !== DEFER);
    const defer = deferOf(selection);
    const isDeferred = defer && deferred.size < MAX_DEFERRED && isActive(defer, variables);
    const name = isDeferred ? `d${deferred.size}` : undefined;
    if (name !== undefined) {
      const label = argument(defer, 'label');
      deferred.set(name, { label: label?.kind === Kind.STRING ? label.value : undefined });
      directives.push(deferNamed(name));
    }
    const body =
      selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection;
    const { typeCondition, selectionSet } = body as FragmentDefinitionNode | InlineFragmentNode;
    return {
      kind: Kind.INLINE_FRAGMENT,
      ...(typeCondition && { typeCondition }),
      directives,
      selectionSet: rewriteSet(selectionSet, name ?? within),
    };
  }

  return {
    node: { ...operation, selectionSet: rewriteSet(operation.selectionSet, undefined) },
    deferred,
    fragmentOf,
  };
}

function deferNamed(name: string): DirectiveNode {
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: DEFER },
    arguments: [
      {
        kind: Kind.ARGUMENT,
        name: { kind: Kind.NAME, value: 'label' },
        value: { kind: Kind.STRING, value: name },
      },
    ],
  };
}

function isActive(defer: DirectiveNode, variables: Readonly<Record<string, unknown>>): boolean {
  const condition = argument(defer, 'if');
  if (condition === undefined) return true;
  if (condition.kind === Kind.VARIABLE) return variables[condition.name.value] === true;
  return condition.kind === Kind.BOOLEAN && condition.value;
}

function argument(directive: DirectiveNode | undefined, name: string) {
  return directive?.arguments?.find((each) => each.name.value === name)?.value;
}

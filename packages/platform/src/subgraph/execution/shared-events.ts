import { type DocumentNode, type FormattedExecutionResult, Kind, visit } from 'graphql';

type Result = Promise<FormattedExecutionResult>;

/** Results of shared events; gone with the event. */
const results = new WeakMap<object, Map<DocumentNode, Result>>();
const independent = new WeakMap<DocumentNode, boolean>();

/**
 * Marks an event of a subscription that many receive: with the same document it is executed once for
 * all of them. Only for events whose fields depend on nothing but the event: not on who asks, nor on
 * when. Documents that use variables below the root field are executed for each subscriber all the same.
 */
export function shareEvent<Event extends object>(event: Event): Event {
  results.set(event, new Map());
  return event;
}

/** The result of an event: an earlier one when the event is shared, else of `run`. */
export function resultOfEvent(event: unknown, document: DocumentNode, run: () => Result): Result {
  const known = typeof event === 'object' && event !== null ? results.get(event) : undefined;
  if (!known || !isIndependent(document)) return run();
  const earlier = known.get(document);
  if (earlier) return earlier;
  const result = run();
  known.set(document, result);
  return result;
}

/** True when variables occur in the arguments of root fields alone. */
export function isIndependent(document: DocumentNode): boolean {
  const known = independent.get(document);
  if (known !== undefined) return known;
  let depth = 0;
  let answer = true;
  const deeper = {
    enter: () => {
      depth += 1;
    },
    leave: () => {
      depth -= 1;
    },
  };
  visit(document, {
    SelectionSet: deeper,
    VariableDefinition: () => false,
    // The root field stands in the first set of its operation; a fragment is anywhere.
    FragmentDefinition: deeper,
    Directive: (node) => {
      if (node.arguments?.some(({ value }) => value.kind === Kind.VARIABLE)) answer = false;
    },
    Variable: () => {
      if (depth > 1) answer = false;
    },
  });
  independent.set(document, answer);
  return answer;
}

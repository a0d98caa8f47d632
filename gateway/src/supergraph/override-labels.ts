import { hash } from 'node:crypto';
import { type DocumentNode, visit } from 'graphql';
import { isJoin, stringArgument } from './join-directives.ts';

/** Which of the labelled `@override`s of a supergraph hold for one request. */
export interface Overrides {
  /** Names this set of labels among the others; `''` for a supergraph without any. */
  readonly key: string;
  /** Every label, and whether its field is answered by the subgraph that takes it over. */
  readonly conditions: ReadonlyMap<string, boolean>;
}

/**
 * Decides by who asks, as a text that stays the same for the same caller: a user's id, or a network
 * address. Without one only labels that hold for everybody hold.
 */
export type DecideOverrides = (caller: string | undefined) => Overrides;

export const NO_OVERRIDES: Overrides = { key: '', conditions: new Map() };

const PERCENT = /^percent\((\d+(?:\.\d+)?)\)$/;

/** The labels that a supergraph's progressive overrides use. */
export function readOverrideLabels(supergraph: DocumentNode): readonly string[] {
  const labels = new Set<string>();
  visit(supergraph, {
    Directive: (directive) => {
      const label =
        isJoin(directive as never) && stringArgument(directive as never, 'overrideLabel');
      if (label) labels.add(label);
    },
  });
  return [...labels].sort();
}

/**
 * `percent(n)` holds for n of 100 callers: always the same ones, chosen by a hash, and those of a
 * smaller share are among those of a larger. Any other label holds when it is one of `active`.
 */
export function decidingOverrides(
  labels: readonly string[],
  active: ReadonlySet<string>,
): DecideOverrides {
  if (labels.length === 0) return () => NO_OVERRIDES;
  const shares = new Map(labels.map((label) => [label, shareOf(label, active)] as const));
  return (caller) => {
    const at = caller === undefined ? 100 : placeOf(caller);
    const conditions = new Map<string, boolean>();
    let key = '';
    for (const [label, share] of shares) {
      // Also true for everybody at 100, whose place is always below.
      const holds = share >= 100 || at < share;
      conditions.set(label, holds);
      key += holds ? '1' : '0';
    }
    return { key, conditions };
  };
}

function shareOf(label: string, active: ReadonlySet<string>): number {
  const percent = PERCENT.exec(label)?.[1];
  if (percent !== undefined) return Number(percent);
  return active.has(label) ? 100 : 0;
}

/** From 0 to below 100. */
function placeOf(caller: string): number {
  return (Number.parseInt(hash('sha256', caller).slice(0, 8), 16) / 2 ** 32) * 100;
}

import type { Data } from '../data.ts';
import type { EntityPart } from '../entity-fetch.ts';
import type { Representations } from '../subgraph-requests.ts';

/** One list of entities, and the parts that take theirs from it. */
export interface UnitedPart extends Representations {
  readonly parts: readonly EntityPart[];
}

/**
 * Parts that ask the same of entities share one list of representations, in which each different
 * one stands once.
 */
export function uniteParts(parts: readonly EntityPart[]): readonly UnitedPart[] {
  const groups: EntityPart[][] = [];
  for (const part of parts) {
    const group = groups.find(([first]) => first && asksTheSame(first, part));
    if (group) group.push(part);
    else groups.push([part]);
  }
  return groups.map(unite);
}

function asksTheSame({ fetch: one }: EntityPart, { fetch: other }: EntityPart): boolean {
  return one.node.operation === other.node.operation && one.isShareable() && other.isShareable();
}

function unite(parts: readonly EntityPart[]): UnitedPart {
  const [first, ...others] = parts as readonly [EntityPart, ...EntityPart[]];
  if (others.length === 0) return { parts, texts: first.texts, represent: first.represent };
  const texts = [...first.texts];
  const known = new Map(texts.map((text, index) => [text, index]));
  /** Which representation of which part stands at each place of the list. */
  const sources = texts.map((_, index) => [first, index] as const);
  const moved = others.map((part) => {
    const places = part.texts.map((text, index) => {
      const place = known.get(text) ?? texts.length;
      if (place === texts.length) {
        known.set(text, place);
        texts.push(text);
        sources.push([part, index]);
      }
      return place;
    });
    return {
      ...part,
      indices: part.indices.map((index) => (index < 0 ? -1 : (places[index] ?? -1))),
    };
  });
  const represent = (): readonly Data[] => {
    const all = new Map(parts.map((part) => [part, part.represent()]));
    return sources.map(([part, index]) => all.get(part)?.[index] as Data);
  };
  return { parts: [first, ...moved], texts, represent };
}

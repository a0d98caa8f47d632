import type { EntityPart } from '../entity-fetch.ts';
import { UnitedPart } from './united-part.ts';

/** The lists of entities that one run has asked for, by what was asked of them. */
export type Asked = Map<string, UnitedPart[]>;

/** What parts of a run wait for. */
interface United {
  /** To be asked for now. */
  readonly fresh: readonly UnitedPart[];
  /** Under way already. */
  readonly joined: readonly UnitedPart[];
}

/**
 * Parts that ask the same of entities share lists of representations, in which each different one
 * stands once. What was asked for earlier in the run is not asked for again.
 */
export function uniteParts(parts: readonly EntityPart[], asked: Asked): United {
  const fresh: UnitedPart[] = [];
  const joined: UnitedPart[] = [];
  for (const part of parts) {
    const { question } = part.fetch;
    if (question === undefined) {
      const alone = new UnitedPart(part);
      for (let index = 0; index < part.texts.length; index++) alone.add(part, index);
      alone.join(part);
      fresh.push(alone);
      continue;
    }
    const lists = asked.get(question) ?? [];
    asked.set(question, lists);
    for (const list of share(part, lists)) {
      if (list.whenDone) joined.push(list);
      else if (!fresh.includes(list)) fresh.push(list);
    }
  }
  return { fresh, joined };
}

/** Takes the part's entities from the lists that have them, the rest from one not sent yet. */
function share(part: EntityPart, lists: UnitedPart[]): Iterable<UnitedPart> {
  const owners: UnitedPart[] = [];
  const places: number[] = [];
  for (let index = 0; index < part.texts.length; index++) {
    const text = part.texts[index] as string;
    let owner = lists.find((list) => list.placeOf(text) !== undefined);
    let place = owner?.placeOf(text);
    if (!owner || place === undefined) {
      owner = unsentOf(lists, part);
      place = owner.add(part, index);
    }
    owners.push(owner);
    places.push(place);
  }
  const concerned = new Set(owners);
  for (const list of concerned) {
    const indices = part.indices.map((index) =>
      owners[index] === list ? (places[index] as number) : -1,
    );
    list.join({ ...part, indices });
  }
  return concerned;
}

function unsentOf(lists: UnitedPart[], part: EntityPart): UnitedPart {
  const last = lists.at(-1);
  if (last && !last.whenDone) return last;
  const unsent = new UnitedPart(part);
  lists.push(unsent);
  return unsent;
}

import type { Answer, Answers, Entry, Fixture } from './fixture.ts';

/** A fixture's truth: what each entry is, and what its fields are when nothing is in between. */
export interface World {
  /** The concrete type of an entry, when it says or is listed as one. */
  typeOf(entry: Entry): string | undefined;
  /** The entry with its worked out fields readable as if they were stored. */
  whole(entry: Entry, type?: string): Entry;
}

export function worldOf({ world, answers = {}, whole = {} }: Fixture): World {
  const types = new WeakMap<Entry, string>();
  for (const [type, entries] of Object.entries(world)) {
    for (const entry of entries) types.set(entry, type);
  }
  const typeOf = (entry: Entry): string | undefined => types.get(entry) ?? entry['__typename'];

  /** A proxy, so that required fields may themselves require others. */
  function wholeOf(entry: Entry, type = typeOf(entry)): Entry {
    return new Proxy(entry, {
      get: (target, field: string) => {
        const answer = type && (whole[type]?.[field] ?? answers[type]?.[field]);
        const value = answer ? answer(wholeOf(target, type), {}) : target[field];
        return isEntry(value) ? wholeOf(value) : value;
      },
    });
  }

  return { typeOf, whole: wholeOf };
}

/** The answer of the first type that has one for the field. */
export function answerFor(
  answers: Answers | undefined,
  types: readonly string[],
  field: string,
): Answer | undefined {
  return types.map((type) => answers?.[type]?.[field]).find((answer) => answer !== undefined);
}

export function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

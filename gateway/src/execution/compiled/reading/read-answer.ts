import { type AnswerPlace, placeAbove } from './answer-places.ts';
import { JsonReader } from './json-reader.ts';

/** Reads an answer's JSON as `JSON.parse` does; throws a SyntaxError as that does. */
export type ReadAnswer = (json: string) => unknown;

/** Shorter answers are read before anything could be found out about them. */
const MIN_LENGTH = 4096;
/** So many answers are taken as they come after one that did not repeat itself. */
const PAUSE = 50;

/**
 * Compiles the reading of the answers to one fetch, whose data is at a place, in which entities that say the same become one
 * object. Undefined where no entities can stand: then `JSON.parse` does it.
 */
export function compileReader(data: AnswerPlace | undefined): ReadAnswer | undefined {
  const place = placeAbove([['data', data]]);
  if (!place) return undefined;
  let pause = 0;
  return (json) => {
    if (json.length < MIN_LENGTH) return JSON.parse(json);
    if (pause > 0) {
      pause -= 1;
      return JSON.parse(json);
    }
    const reader = new JsonReader(json);
    try {
      const answer = reader.read(place);
      if (!reader.repeatsItself) pause = PAUSE;
      return answer;
    } catch {
      // It says what is wrong with the text, and reads what is only unusual.
      pause = PAUSE;
      return JSON.parse(json);
    }
  };
}

import { type Data, set } from '../data.ts';
import type { AnswerPlace } from './answer-places.ts';

/** An object that was read, and its text. */
interface ReadObject {
  readonly text: string;
  readonly data: Data;
}

/** Thrown for a text that another reader has to read. */
export const UNREAD = new Error('This is not for this reader.');

/** So many characters of an object say in most cases which it is. */
const START_OF_OBJECT = 64;
/** Objects with the same start that are compared. */
const MAX_ALIKE = 4;
/** By then it can be seen whether a text says the same again and again. */
const TRIED_CHARACTERS = 16 * 1024;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const FIRST_PRINTABLE = 32;

/**
 * Reads JSON in which the same entities stand again and again: an entity that says the same as another
 * at its place is not read but recognised by its text, and is the same object. A character at a time
 * this reader is slower than `JSON.parse`, so it gives up on a text that does not repeat itself, and on
 * one that is written with spaces.
 */
export class JsonReader {
  readonly #json: string;
  readonly #known = new Map<AnswerPlace, Map<number, ReadObject[]>>();
  #at = 0;
  #skipped = 0;

  constructor(json: string) {
    this.#json = json;
  }

  /** Throws `UNREAD`, a SyntaxError or a RangeError when it cannot. */
  read(place: AnswerPlace): unknown {
    const value = this.#value(place);
    if (this.#at !== this.#json.length) throw UNREAD;
    return value;
  }

  /** Whether most of what has come so far was recognised. */
  get repeatsItself(): boolean {
    return this.#skipped * 2 >= this.#at;
  }

  #value(place: AnswerPlace | undefined): unknown {
    switch (this.#json.charCodeAt(this.#at)) {
      case QUOTE:
        return this.#text();
      case OPEN_OBJECT:
        return place?.isEntity ? this.#entity(place, place.isEntity) : this.#object(place);
      case OPEN_LIST:
        return this.#list(place);
      default:
        return this.#plain();
    }
  }

  #entity(place: AnswerPlace, isEntity: (data: Data) => boolean): Data {
    const json = this.#json;
    const from = this.#at;
    const start = this.#startOfObject();
    const known = this.#knownAt(place);
    const alike = known.get(start) ?? [];
    for (const { text, data } of alike) {
      if (json.slice(from, from + text.length) !== text) continue;
      this.#at += text.length;
      this.#skipped += text.length;
      return data;
    }
    if (from - this.#skipped > TRIED_CHARACTERS && !this.repeatsItself) throw UNREAD;
    const data = this.#object(place);
    if (alike.length < MAX_ALIKE && isEntity(data)) {
      alike.push({ text: json.slice(from, this.#at), data });
      known.set(start, alike);
    }
    return data;
  }

  #knownAt(place: AnswerPlace): Map<number, ReadObject[]> {
    let known = this.#known.get(place);
    if (!known) {
      known = new Map();
      this.#known.set(place, known);
    }
    return known;
  }

  /** A hash of as much of an object as names it, and of nothing that follows it; the whole texts are compared. */
  #startOfObject(): number {
    const json = this.#json;
    const last = this.#at + START_OF_OBJECT;
    let hash = 0;
    for (let at = this.#at; at < last; at++) {
      const code = json.charCodeAt(at);
      if (code === CLOSE_OBJECT) break;
      hash = (Math.imul(hash, 31) + code) | 0;
    }
    // What fits V8's small integers is no object on the heap.
    return hash & 0x3fffffff;
  }

  #object(place: AnswerPlace | undefined): Data {
    const data: Data = {};
    this.#at += 1;
    if (this.#json.charCodeAt(this.#at) === CLOSE_OBJECT) {
      this.#at += 1;
      return data;
    }
    for (;;) {
      this.#take(QUOTE);
      this.#at -= 1;
      const key = this.#text();
      this.#take(COLON);
      set(data, key, this.#value(place?.below.get(key)));
      if (this.#isEndOf(CLOSE_OBJECT)) return data;
    }
  }

  #list(place: AnswerPlace | undefined): unknown[] {
    const items: unknown[] = [];
    this.#at += 1;
    if (this.#json.charCodeAt(this.#at) === CLOSE_LIST) {
      this.#at += 1;
      return items;
    }
    for (;;) {
      items.push(this.#value(place));
      if (this.#isEndOf(CLOSE_LIST)) return items;
    }
  }

  #text(): string {
    const json = this.#json;
    const start = this.#at + 1;
    let end = start;
    for (let code = json.charCodeAt(end); code !== QUOTE; code = json.charCodeAt(end)) {
      if (code === BACKSLASH) return this.#textWithEscapes();
      // Also at the end of the text, where a code is no number.
      if (!(code >= FIRST_PRINTABLE)) throw UNREAD;
      end += 1;
    }
    this.#at = end + 1;
    return json.slice(start, end);
  }

  #textWithEscapes(): string {
    const json = this.#json;
    const start = this.#at;
    let end = start + 1;
    while (end < json.length && json.charCodeAt(end) !== QUOTE) {
      end += json.charCodeAt(end) === BACKSLASH ? 2 : 1;
    }
    this.#at = end + 1;
    return JSON.parse(json.slice(start, end + 1));
  }

  /** A number, `true`, `false` or `null`. */
  #plain(): unknown {
    const json = this.#json;
    const start = this.#at;
    let end = start;
    for (; end < json.length; end++) {
      const code = json.charCodeAt(end);
      if (code === COMMA || code === CLOSE_OBJECT || code === CLOSE_LIST) break;
    }
    this.#at = end;
    return JSON.parse(json.slice(start, end));
  }

  #take(wanted: number): void {
    if (this.#json.charCodeAt(this.#at) !== wanted) throw UNREAD;
    this.#at += 1;
  }

  /** Goes over what ends an object or a list, or the comma before what comes next. */
  #isEndOf(close: number): boolean {
    const code = this.#json.charCodeAt(this.#at);
    if (code !== close && code !== COMMA) throw UNREAD;
    this.#at += 1;
    return code === close;
  }
}

import { type GraphQLLeafType, isEnumType, isScalarType } from 'graphql';
import { leafCheckOf } from './leaf-values.ts';

/** Writes one value as JSON; throws `UNWRITABLE` for what does not fit its type. */
export type Write = (value: unknown) => string;

/** Thrown, and nothing about it kept: the caller takes the slower way, which says what is wrong. */
export const UNWRITABLE = new Error('Not what the schema says.');

/** Longer texts are searched faster by a regular expression than by a loop. */
const LONG_TEXT = 48;
const NEEDS_ESCAPE = /["\\\p{Cc}\p{Cs}]/u;
const QUOTE = 34;
const BACKSLASH = 92;
const FIRST_PRINTABLE = 32;
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;

/** A text in quotes: as `JSON.stringify`, which is asked only when something needs an escape. */
export function writeText(text: string): string {
  const { length } = text;
  if (length > LONG_TEXT) return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    const isPlain =
      code >= FIRST_PRINTABLE &&
      code !== QUOTE &&
      code !== BACKSLASH &&
      (code < FIRST_SURROGATE || code > LAST_SURROGATE);
    if (!isPlain) return JSON.stringify(text);
  }
  return `"${text}"`;
}

const writeString: Write = (value) => {
  if (typeof value === 'string') return writeText(value);
  throw UNWRITABLE;
};

const writeBoolean: Write = (value) => {
  if (value === true) return 'true';
  if (value === false) return 'false';
  throw UNWRITABLE;
};

const writeAny: Write = (value) =>
  typeof value === 'string' ? writeText(value) : (JSON.stringify(value) ?? 'null');

/** A number that passed its check is finite, so its text is its JSON. */
const writeChecked =
  (fits: (value: unknown) => boolean): Write =>
  (value) => {
    if (!fits(value)) throw UNWRITABLE;
    return typeof value === 'string' ? writeText(value) : String(value);
  };

/** How values of a leaf type are written; null is not for it. */
export function leafWriter(type: GraphQLLeafType): Write {
  const fits = leafCheckOf(type);
  if (!fits) return writeAny;
  if (isEnumType(type)) return writeChecked(fits);
  if (isScalarType(type) && type.name === 'String') return writeString;
  if (type.name === 'Boolean') return writeBoolean;
  return writeChecked(fits);
}

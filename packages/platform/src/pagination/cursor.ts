import { z } from 'zod';
import { CivitasError } from '../errors/index.ts';
import { isId } from '../ids/index.ts';

/** Bumped when the layout below changes; older cursors are then refused, not misread. */
const VERSION = 1;
/** Longer than any key we make; a longer one is not worth decoding. */
const MAX_CURSOR_LENGTH = 512;

/** A list that can be paged: its name in the schema and the shape of its sort key. */
export interface CursorList<Key extends readonly [unknown, ...unknown[]]> {
  readonly name: string;
  /** Opaque to clients; versioned and bound to this list. */
  encode(key: Key): string;
  /** @throws CivitasError `MALFORMED_CURSOR` for a cursor of another list, version or shape. */
  decode(cursor: string): Key;
}

/** The values a keyset can consist of, each in the JSON form it has inside a cursor. */
export const cursorTypes = {
  instant: z.iso.datetime({ precision: 3 }).transform((value) => new Date(value)),
  bigint: z
    .string()
    .regex(/^-?\d{1,19}$/)
    .transform(BigInt),
  int: z.int(),
  text: z
    .string()
    .max(300)
    .refine((value) => !value.includes('\u0000')),
  id: (prefix: string) => z.string().refine((value) => isId(prefix, value)),
};

/**
 * Declares a pageable list.
 *
 * @param name schema coordinate, e.g. `Civilian.officersMet`: a cursor of one list is refused by
 * every other.
 * @param key the sort key's columns, last one unique, e.g. `[cursorTypes.instant, cursorTypes.id('usr')]`.
 */
export function cursorList<Columns extends readonly [z.ZodType, ...z.ZodType[]]>(
  name: string,
  key: Columns,
): CursorList<{ readonly [Index in keyof Columns]: z.output<Columns[Index]> }> {
  type Key = { readonly [Index in keyof Columns]: z.output<Columns[Index]> };
  const shape = z.tuple([z.literal(VERSION), z.literal(name), ...key]);
  return {
    name,
    encode: (values) => {
      const plain = values.map((value) => (typeof value === 'bigint' ? String(value) : value));
      return Buffer.from(JSON.stringify([VERSION, name, ...plain])).toString('base64url');
    },
    decode: (cursor) => {
      const parsed = shape.safeParse(decodeJson(cursor));
      if (!parsed.success) {
        throw new CivitasError('MALFORMED_CURSOR', { details: { argumentPath: 'after' } });
      }
      return parsed.data.slice(2) as unknown as Key;
    },
  };
}

function decodeJson(cursor: string): unknown {
  if (cursor.length > MAX_CURSOR_LENGTH || !/^[\w-]+$/.test(cursor)) return undefined;
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

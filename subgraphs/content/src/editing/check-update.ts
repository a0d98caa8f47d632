import * as Y from 'yjs';

/** The only root of a document: a `Y.Text` that holds the topic's Markdown. */
export const ROOT = 'content';

/** Where something stands in a document: the `clock`-th character or deletion of a client. */
interface Place {
  readonly client: number;
  readonly clock: number;
}

interface Insertion extends Place {
  readonly length: number;
  /** What it stands beside; these must be there first. */
  readonly origins: readonly Place[];
}

/** What an update does, read without applying it. */
export interface ReadUpdate {
  readonly insertions: readonly Insertion[];
  readonly deletions: readonly (Place & { readonly length: number })[];
  /** UTF-16 code units that it adds to the text, whatever it deletes. */
  readonly addedLength: number;
}

/** How many characters of each client are known. */
export type KnownClocks = (client: number) => number;

/** The update is not one of a text; the message says why. */
export class UpdateMalformed extends Error {
  override readonly name = 'UpdateMalformed';
}

/** All but tab and line feed of Unicode's category Cc: carriage returns too, a text has LF only. */
const NOT_TEXT = /[\p{Cc}--[\t\n]]/v;

/**
 * Reads an update and refuses what could not stand in a topic: other roots than `content`, maps,
 * formats, embeds, nested types, control characters, another encoding, bytes left over.
 *
 * @throws UpdateMalformed
 */
export function readUpdate(bytes: Uint8Array): ReadUpdate {
  const { structs, ds } = decode(bytes);
  let addedLength = 0;
  const insertions: Insertion[] = [];
  for (const struct of structs) {
    // A Skip marks what the sender left out; what stands behind it is a gap by its clock.
    if (struct instanceof Y.Skip) continue;
    if (!(struct instanceof Y.Item)) throw new UpdateMalformed('It holds more than text.');
    addedLength += checkItem(struct);
    const origins = [struct.origin, struct.rightOrigin].filter((id) => id !== null);
    const { client, clock } = struct.id;
    insertions.push({ client, clock, length: struct.length, origins });
  }
  const deletions = Array.from(ds.clients, ([client, ranges]) =>
    ranges.map(({ clock, len }) => ({ client, clock, length: len })),
  ).flat();
  return { insertions, deletions, addedLength };
}

/** Remembers where the newest of its kind stands: Yjs does not say how much of the bytes it has read. */
class Decoder extends Y.UpdateDecoderV1 {
  static newest: { readonly pos: number } | undefined;

  constructor(decoder: ConstructorParameters<typeof Y.UpdateDecoderV1>[0]) {
    super(decoder);
    Decoder.newest = decoder;
  }
}

/** @throws UpdateMalformed for anything but a whole update in the first encoding. */
function decode(bytes: Uint8Array): ReturnType<typeof Y.decodeUpdate> {
  try {
    const decoded = Y.decodeUpdateV2(bytes, Decoder);
    // The second encoding begins like an empty update of the first, with more behind it.
    if (Decoder.newest?.pos === bytes.length) return decoded;
  } catch (cause) {
    throw new UpdateMalformed('It is not a Yjs update.', { cause });
  }
  throw new UpdateMalformed('It is not a Yjs update of the first encoding.');
}

function checkItem(item: Y.Item): number {
  const parent = item.parent as unknown;
  const isInRoot = parent === ROOT || (parent === null && (item.origin || item.rightOrigin));
  if (!isInRoot || item.parentSub !== null) {
    throw new UpdateMalformed(`It changes something else than the text \`${ROOT}\`.`);
  }
  if (item.content instanceof Y.ContentDeleted) return 0;
  if (!(item.content instanceof Y.ContentString)) {
    throw new UpdateMalformed('It holds more than plain text.');
  }
  if (NOT_TEXT.test(item.content.str)) {
    throw new UpdateMalformed('It holds control characters; lines end with a line feed alone.');
  }
  return item.content.str.length;
}

/**
 * The clocks after an update is applied to what is `known`; null when something it builds on is not
 * known. Nothing of an update with such a gap may be stored.
 */
export function clocksAfter(
  { insertions, deletions }: ReadUpdate,
  known: KnownClocks,
): ReadonlyMap<number, number> | null {
  const after = new Map<number, number>();
  const clockOf = (client: number) => after.get(client) ?? known(client);
  const isThere = ({ client, clock }: Place) => clock < clockOf(client);
  let waiting = insertions;
  while (waiting.length > 0) {
    const blocked: Insertion[] = [];
    for (const insertion of waiting) {
      const { client, clock, length, origins } = insertion;
      if (clock <= clockOf(client) && origins.every(isThere)) {
        after.set(client, Math.max(clockOf(client), clock + length));
      } else blocked.push(insertion);
    }
    if (blocked.length === waiting.length) return null;
    waiting = blocked;
  }
  const isDeletable = deletions.every(
    ({ client, clock, length }) => clock + length <= clockOf(client),
  );
  return isDeletable ? after : null;
}

/** Whether an update without a gap would change nothing. */
export function isKnown(update: ReadUpdate, doc: Y.Doc, known: KnownClocks): boolean {
  return (
    update.insertions.every(({ client, clock, length }) => clock + length <= known(client)) &&
    update.deletions.every((deletion) => isDeleted(doc, deletion))
  );
}

function isDeleted(doc: Y.Doc, { client, clock, length }: Place & { length: number }): boolean {
  const structs = doc.store.clients.get(client);
  if (!structs || clock + length > Y.getState(doc.store, client)) return false;
  for (let at = Y.findIndexSS(structs, clock); at < structs.length; at += 1) {
    const struct = structs[at];
    if (!struct || struct.id.clock >= clock + length) break;
    if (!struct.deleted) return false;
  }
  return true;
}

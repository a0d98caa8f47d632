/** Most UTF-16 code units of one topic's text. */
export const MAX_TEXT_LENGTH = 250_000;
/** Most bytes of an ordinary push. */
export const MAX_UPDATE_BYTES = 64 * 1024;
/** Most bytes of a push that brings everything a client wrote offline. */
export const MAX_SYNC_BYTES = 1024 * 1024;
/** Most bytes of the whole state, deleted text included. */
export const MAX_STATE_BYTES = 1_500_000;
/** Most bytes of a client's presence (cursor, selection, colour) as JSON. */
export const MAX_AWARENESS_BYTES = 1024;

/** Pushes of one client: a steady rate, and how many may come at once. */
export const PUSHES_PER_SECOND = 40;
export const PUSH_BURST = 80;
/** Pushes beyond `MAX_UPDATE_BYTES`: a reconnect now and then, not a stream of them. */
export const SYNCS_PER_SECOND = 0.1;
export const SYNC_BURST = 3;

/** Open streams of one topic on one server. */
export const MAX_EDITORS = 100;
export const MAX_VIEWERS = 1000;

/** A client repeats its presence every 15 s; two in a row may be lost. */
export const PRESENCE_TTL_MS = 32_000;

/** How often a server compares its open documents with the database, and who may see them. */
export const HEARTBEAT_MS = 1000;
/** A document that nobody has open is forgotten after this long. */
export const ROOM_IDLE_MS = 30_000;

/** Up to this many subscribers every change is sent at once. */
export const FEW_SUBSCRIBERS = 5;
/** With more of them, changes within this time travel together. */
export const COALESCE_MS = 16;
/** With more of them, this is between the beginnings of two commits, so that they share more of them. */
export const COMMIT_MS = 2;
/** And other servers are told together of what happens within this time. */
export const TELL_MS = 8;

/**
 * A log is merged into the snapshot when it is this large, this long at rest, or this long and the last
 * time is that long ago.
 */
export const COMPACT_ROWS = 500;
export const COMPACT_INTERVAL_MS = 5_000;
export const COMPACT_BYTES = 256 * 1024;
export const COMPACT_IDLE_MS = 2000;

/** Pushes that one statement stores. */
export const MAX_BATCH = 256;
/** How often a batch is tried again when other servers write at the same time. */
export const MAX_APPEND_ATTEMPTS = 100;

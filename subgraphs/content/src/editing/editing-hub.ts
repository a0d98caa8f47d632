import { randomUUID } from 'node:crypto';
import { openPool } from '@civitas/platform/database';
import type { PubSub } from '@civitas/platform/pubsub';
import type { Logger } from '@civitas/platform/telemetry';
import type { ContentDatabase } from '../context.ts';
import { compact } from './compact.ts';
import { createDocumentLog } from './document-log.ts';
import {
  COMPACT_BYTES,
  COMPACT_IDLE_MS,
  COMPACT_INTERVAL_MS,
  COMPACT_ROWS,
  HEARTBEAT_MS,
  ROOM_IDLE_MS,
} from './limits.ts';
import { ensureDocument } from './open-document.ts';
import { editedTopicNotFound } from './refusal.ts';
import type { Rewrite } from './rewrite.ts';
import { createRoom, type Room } from './room.ts';
import type { RoomMessage } from './room-message.ts';

interface HubOptions {
  readonly db: ContentDatabase;
  readonly pubsub: PubSub;
  readonly log: Logger;
  readonly now: () => Date;
}

interface Envelope {
  /** The server that speaks: nobody listens to itself. */
  readonly origin: string;
  readonly message: RoomMessage;
}

interface OpenRoom {
  readonly room: Room;
  readonly unsubscribe: () => Promise<void>;
  compactedAtMs: number;
  isCompacting: boolean;
}

/** All documents that are open on this server. */
export interface EditingHub {
  /**
   * @throws UserFailure `TopicNotFound`. It does not ask who wants to know.
   */
  open(topicId: string): Promise<Room>;
  /** Whether a document is open here, or is being opened. */
  isOpen(topicId: string): boolean;
  /** Tells every server, this one too, of an update that was committed beside the rooms. */
  announce(topicId: string, rewrite: Rewrite): void;
  start(): void;
  /** Ends all streams after storing what waits, and puts texts in rest into their topics. */
  stop(): Promise<void>;
}

/** Connections of the hot path beside Prisma's; commits of one document never overlap. */
const POOL_SIZE = 4;
const STATEMENT_TIMEOUT_MS = 10_000;

export function createEditingHub({ db, pubsub, log, now }: HubOptions): EditingHub {
  const origin = randomUUID();
  const pool = openPool({
    connectionString: db.url,
    max: POOL_SIZE,
    connectionTimeoutMillis: 5_000,
    query_timeout: STATEMENT_TIMEOUT_MS,
    options: '-c TimeZone=UTC',
  });
  // An idle connection that the server ends is replaced when next needed.
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection was lost'));
  const documents = createDocumentLog(pool);
  const rooms = new Map<string, Promise<OpenRoom>>();
  let heartbeat: NodeJS.Timeout | undefined;
  let beating: Promise<void> | null = null;
  let isStopped = false;

  function publish(topicId: string, message: RoomMessage, from = origin): void {
    const envelope: Envelope = { origin: from, message };
    // Others find out by their heartbeat.
    pubsub.publish(channelOf(topicId), envelope).catch((error: unknown) => {
      log.debug({ err: error, topicId }, 'other servers could not be told');
    });
  }

  async function openRoom(topicId: string): Promise<OpenRoom> {
    let room: Room | undefined;
    // Listening begins before reading: what is committed in between arrives one way or the other.
    const early: RoomMessage[] = [];
    const unsubscribe = await listen(topicId, (message) => {
      if (room) room.hear(message);
      else early.push(message);
    });
    try {
      const unknown = { epoch: 0, seq: 0 };
      let first = await documents.read(topicId, unknown);
      if (!first && (await ensureDocument(db, topicId, now()))) {
        first = await documents.read(topicId, unknown);
      }
      if (!first) throw editedTopicNotFound();
      const tell = (message: RoomMessage) => publish(topicId, message);
      room = createRoom({ topicId, first, log: documents, logger: log, now, tell });
      for (const message of early) room.hear(message);
      tell({ kind: 'who' });
      return { room, unsubscribe, compactedAtMs: 0, isCompacting: false };
    } catch (error) {
      await unsubscribe();
      throw error;
    }
  }

  /** Without a broker the heartbeat has to do. */
  async function listen(topicId: string, hear: (message: RoomMessage) => void) {
    const onMessage = (message: unknown) => {
      const { origin: from, message: said } = message as Envelope;
      if (from !== origin) hear(said);
    };
    const onGap = () => void beat();
    try {
      const stop = await pubsub.subscribe(channelOf(topicId), onMessage, { onGap });
      return () => stop().catch(() => undefined);
    } catch (error) {
      log.warn({ err: error, topicId }, 'not subscribed; the database is asked every second');
      return async () => undefined;
    }
  }

  async function settledRooms(): Promise<OpenRoom[]> {
    const settled = await Promise.allSettled(rooms.values());
    return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  }

  function beat(): Promise<void> {
    beating ??= beatOnce()
      .catch((error: unknown) => log.warn({ err: error }, 'documents cannot be compared'))
      .finally(() => {
        beating = null;
      });
    return beating;
  }

  async function beatOnce(): Promise<void> {
    const open = await settledRooms();
    if (open.length === 0) return;
    const heads = await documents.heads(open.map(({ room }) => room.topicId));
    const byTopic = new Map(heads.map((head) => [head.topicId, head]));
    for (const each of open) {
      each.room.observe(byTopic.get(each.room.topicId));
      if (wantsCompaction(each, now().getTime())) await compactRoom(each);
      if (each.room.isIdle(now().getTime() - ROOM_IDLE_MS)) await forget(each);
    }
  }

  async function compactRoom(open: OpenRoom): Promise<void> {
    if (open.isCompacting) return;
    open.isCompacting = true;
    try {
      const { topicId, state } = open.room;
      open.compactedAtMs = now().getTime();
      const done = await compact(db, topicId, state, now());
      if (!done) return;
      state.setSnapshot(done.seq);
      state.setMarkdown(done.seq);
      if (!done.isMarkdownKept) log.warn({ topicId }, 'the subject is full: its Markdown stays');
    } finally {
      open.isCompacting = false;
    }
  }

  async function forget({ room, unsubscribe }: OpenRoom): Promise<void> {
    rooms.delete(room.topicId);
    await room.close('SERVER_STOPPING');
    await unsubscribe();
  }

  return {
    open: async (topicId) => {
      if (isStopped) throw new Error('The hub has stopped.');
      const known = rooms.get(topicId);
      if (known) return (await known).room;
      const opening = openRoom(topicId);
      rooms.set(topicId, opening);
      opening.catch(() => rooms.delete(topicId));
      return (await opening).room;
    },
    isOpen: (topicId) => rooms.has(topicId),
    announce: (topicId, { epoch, from, to, update }) => {
      const updates = [Buffer.from(update).toString('base64')];
      publish(topicId, { kind: 'updates', epoch, from, to, updates }, randomUUID());
    },
    start: () => {
      heartbeat = setInterval(beat, HEARTBEAT_MS);
      heartbeat.unref();
    },
    stop: async () => {
      isStopped = true;
      clearInterval(heartbeat);
      await beating;
      for (const open of await settledRooms()) {
        await forget(open);
        if (open.room.state.seq > open.room.state.snapshotSeq) {
          await compactRoom(open).catch((error: unknown) => {
            log.warn({ err: error }, 'not compacted; the log has it all');
          });
        }
      }
      await pool.end();
    },
  };
}

function channelOf(topicId: string): string {
  return `content:topic:${topicId}`;
}

function wantsCompaction({ room, compactedAtMs }: OpenRoom, nowMs: number): boolean {
  const { state, usedAtMs } = room;
  const rows = state.seq - state.snapshotSeq;
  if (rows === 0) return false;
  // One row alone is the first text, which the topic has as well.
  const isResting = nowMs - usedAtMs >= COMPACT_IDLE_MS && state.seq > state.markdownSeq;
  const isLong = rows >= COMPACT_ROWS && nowMs - compactedAtMs >= COMPACT_INTERVAL_MS;
  return isLong || state.logBytes >= COMPACT_BYTES || isResting;
}

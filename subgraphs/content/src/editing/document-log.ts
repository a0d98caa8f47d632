import type { Pool } from 'pg';
import type { DocumentAccess } from './document-access.ts';

interface PushedUpdate {
  /** Who must be allowed to edit still. */
  readonly userId: string;
  readonly clientId: number;
  readonly bytes: Uint8Array;
}

/** What is new in the database since a server last looked, all of one instant. */
export interface LogState {
  readonly epoch: number;
  readonly seq: number;
  readonly snapshotSeq: number;
  readonly markdownSeq: number;
  readonly access: DocumentAccess;
  /** Null when the server has all that is in it. */
  readonly snapshot: Uint8Array | null;
  /** Those behind the snapshot and behind what the server has, in order. */
  readonly updates: readonly Uint8Array[];
  readonly clients: readonly { readonly clientId: number; readonly userId: string }[];
}

/** What a server compares its open documents with. */
export interface DocumentHead {
  readonly topicId: string;
  readonly epoch: number;
  readonly seq: number;
  readonly access: DocumentAccess;
}

interface Append {
  readonly topicId: string;
  readonly epoch: number;
  /** The newest that the server has; nothing is stored when the database has a newer one. */
  readonly after: number;
  readonly updates: readonly PushedUpdate[];
  /** Client ids used for the first time. */
  readonly bindings: readonly { readonly clientId: number; readonly userId: string }[];
  readonly now: Date;
}

/** The ordered log of updates in Postgres, by hand-written SQL: it is the hot path of editing. */
export interface DocumentLog {
  /** Null when there is no such topic, it is archived, or was never opened for editing. */
  read(topicId: string, known: { epoch: number; seq: number }): Promise<LogState | null>;
  heads(topicIds: readonly string[]): Promise<DocumentHead[]>;
  /**
   * Stores updates under the next sequence numbers, all or none, in one statement that is its own
   * transaction and takes the lock of the document's row.
   *
   * @returns false when the document, its epoch or the rights of its writers are not as the caller believes.
   */
  append(change: Append): Promise<boolean>;
}

/** The highest role of everybody who has one that holds, beside the author. */
const ACCESS = `
         jsonb_build_object(
           'authorId', subject.author_id,
           'visibility', subject.visibility,
           'roles', (
             SELECT coalesce(jsonb_object_agg(held.user_id, held.role), '{}')
             FROM (SELECT user_id, max(role) AS role FROM subject_member
                   WHERE subject_id = subject.id AND accepted_at IS NOT NULL
                     AND (expires_at IS NULL OR expires_at > now())
                   GROUP BY user_id) AS held
           )
         ) AS access`;

const READ = `
  SELECT document.epoch, document.seq, document.snapshot_seq, document.markdown_seq,
         ${ACCESS},
         CASE WHEN known.seq < document.snapshot_seq THEN document.snapshot END AS snapshot,
         ARRAY(SELECT bytes FROM topic_update AS log
               WHERE log.topic_id = document.topic_id AND log.epoch = document.epoch
                 AND log.seq > greatest(known.seq, document.snapshot_seq)
               ORDER BY log.seq) AS updates,
         ARRAY(SELECT client_id FROM topic_client AS client
               WHERE client.topic_id = document.topic_id AND client.epoch = document.epoch
                 AND client.seq > known.seq ORDER BY client.client_id) AS client_ids,
         ARRAY(SELECT user_id FROM topic_client AS client
               WHERE client.topic_id = document.topic_id AND client.epoch = document.epoch
                 AND client.seq > known.seq ORDER BY client.client_id) AS user_ids
  FROM topic_document AS document
  JOIN topic ON topic.id = document.topic_id AND topic.archive_root_id IS NULL
  JOIN subject ON subject.id = topic.subject_id
  CROSS JOIN LATERAL (
    SELECT CASE WHEN document.epoch = $2 THEN $3::int ELSE -1 END AS seq
  ) AS known
  WHERE document.topic_id = $1`;

const HEADS = `
  SELECT document.topic_id AS "topicId", document.epoch, document.seq,
         ${ACCESS}
  FROM topic_document AS document
  JOIN topic ON topic.id = document.topic_id AND topic.archive_root_id IS NULL
  JOIN subject ON subject.id = topic.subject_id
  WHERE document.topic_id = ANY ($1::text[])`;

const APPEND = `
  WITH moved AS (
    UPDATE topic_document AS document SET seq = document.seq + cardinality($6::bytea[])
    WHERE document.topic_id = $1 AND document.epoch = $2 AND document.seq = $3
      AND NOT EXISTS (
        SELECT FROM unnest($4::text[]) AS writer (id)
        WHERE NOT EXISTS (
          SELECT FROM topic JOIN subject ON subject.id = topic.subject_id
          WHERE topic.id = $1 AND topic.archive_root_id IS NULL AND (
            subject.author_id = writer.id OR EXISTS (
              SELECT FROM subject_member AS member
              WHERE member.subject_id = subject.id AND member.user_id = writer.id
                AND member.role >= 'EDITOR' AND member.accepted_at IS NOT NULL
                AND (member.expires_at IS NULL OR member.expires_at > now())
            )
          )
        )
      )
    RETURNING document.seq
  ), bound AS (
    INSERT INTO topic_client (topic_id, epoch, client_id, user_id, seq)
    SELECT $1, $2, client.id, client.user_id, moved.seq
    FROM moved, unnest($7::bigint[], $8::text[]) AS client (id, user_id)
  )
  INSERT INTO topic_update (topic_id, epoch, seq, client_id, bytes, created_at)
  SELECT $1, $2, $3 + pushed.place, pushed.client_id, pushed.bytes, $9
  FROM moved, unnest($5::bigint[], $6::bytea[]) WITH ORDINALITY AS pushed (client_id, bytes, place)`;

export function createDocumentLog(pool: Pool): DocumentLog {
  return {
    read: async (topicId, known) => {
      const { rows } = await pool.query({
        name: 'topic-log-read',
        text: READ,
        values: [topicId, known.epoch, known.seq],
      });
      const [row] = rows;
      if (!row) return null;
      return {
        epoch: row.epoch,
        seq: row.seq,
        snapshotSeq: row.snapshot_seq,
        markdownSeq: row.markdown_seq,
        access: row.access,
        snapshot: row.snapshot,
        updates: row.updates,
        clients: row.client_ids.map((id: string, index: number) => {
          return { clientId: Number(id), userId: row.user_ids[index] };
        }),
      };
    },
    heads: async (topicIds) => {
      const values = [topicIds];
      return (await pool.query({ name: 'topic-log-heads', text: HEADS, values })).rows;
    },
    append: async ({ topicId, epoch, after, updates, bindings, now }) => {
      const { rowCount } = await pool.query({
        name: 'topic-log-append',
        text: APPEND,
        values: [
          topicId,
          epoch,
          after,
          [...new Set(updates.map(({ userId }) => userId))],
          updates.map(({ clientId }) => clientId),
          updates.map(({ bytes }) => Buffer.from(bytes)),
          bindings.map(({ clientId }) => clientId),
          bindings.map(({ userId }) => userId),
          now,
        ],
      });
      return rowCount === updates.length;
    },
  };
}

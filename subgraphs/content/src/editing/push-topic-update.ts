import { CivitasError } from '@civitas/platform/errors';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import * as Y from 'yjs';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import { allows, maySee, roleOf } from '../subjects/index.ts';
import { isEditor, requireEditor } from './document-access.ts';
import { MAX_AWARENESS_BYTES, MAX_SYNC_BYTES, MAX_UPDATE_BYTES } from './limits.ts';
import {
  editedTopicNotFound,
  topicAwarenessMalformed,
  topicAwarenessTooLarge,
  topicEpochChanged,
  topicPushedTooOften,
  topicUpdateTooLarge,
} from './refusal.ts';
import type { Room } from './room.ts';

export const clientIdShape = z
  .int('must be an unsigned 32-bit number.')
  .min(0, 'must be an unsigned 32-bit number.')
  .max(2 ** 32 - 1, 'must be an unsigned 32-bit number.');

const pushInput = z.object({
  topicId: idOf('top'),
  epoch: z.int(),
  clientId: clientIdShape,
  update: z.instanceof(Uint8Array).nullish(),
  awareness: z.string().nullish(),
});

/**
 * Adds one change of the viewer to a topic; resolves after the commit.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `TopicNotFound`, and one type for each reason to refuse it.
 */
export async function pushTopicUpdate(
  ctx: ContentContext,
  input: unknown,
): Promise<{ seq: number; missing: Uint8Array | null }> {
  const { id: userId } = requireUser(ctx);
  const { topicId, epoch, clientId, update, awareness } = parseInput(pushInput, input);
  if (update && update.length > MAX_SYNC_BYTES) throw topicUpdateTooLarge();
  const presence = awareness == null ? undefined : readAwareness(awareness);
  // Opening makes the document of a topic that has none: not for somebody who may not edit it.
  if (!ctx.editing.hub.isOpen(topicId)) await requireEditorOf(ctx, topicId);
  const room = await ctx.editing.hub.open(topicId);
  pace(ctx, topicId, clientId, update?.length ?? 0);
  await mayEdit(room, userId);
  if (epoch !== room.state.epoch) throw topicEpochChanged(room.state.epoch);
  if (presence !== undefined) room.setPresence(clientId, userId, presence);
  if (!update) return { seq: room.state.seq, missing: null };
  const { seq, isMissing } = await room.push({ userId, clientId, epoch, bytes: update });
  return { seq, missing: isMissing ? Y.encodeStateVector(room.state.doc) : null };
}

async function requireEditorOf(ctx: ContentContext, topicId: string): Promise<void> {
  const subject = await ctx.db.client.subject.findFirst({
    where: { topics: { some: { id: topicId, archiveRootId: null } } },
    select: { id: true, authorId: true, visibility: true },
  });
  if (!subject || !(await maySee(ctx, subject))) throw editedTopicNotFound();
  if (!allows(await roleOf(ctx, subject), 'EDITOR')) throw new CivitasError('FORBIDDEN');
}

/**
 * A first look, at what the server knew a second ago at most, in which somebody may have become an editor;
 * the statement that stores decides.
 */
async function mayEdit(room: Room, userId: string): Promise<void> {
  if (!isEditor(room.state.access, userId)) await room.catchUp();
  requireEditor(room.state.access, userId);
}

function pace(ctx: ContentContext, topicId: string, clientId: number, bytes: number): void {
  const { pushes, syncs } = ctx.editing.paceOf(`${topicId} ${clientId}`);
  const nowMs = ctx.now().getTime();
  const waitMs = pushes.take(nowMs);
  if (waitMs > 0) throw topicPushedTooOften(waitMs);
  if (bytes > MAX_UPDATE_BYTES && syncs.take(nowMs) > 0) throw topicUpdateTooLarge();
}

/** @returns null for a client that has left. */
function readAwareness(text: string): string | null {
  if (Buffer.byteLength(text) > MAX_AWARENESS_BYTES) throw topicAwarenessTooLarge();
  try {
    const state: unknown = JSON.parse(text);
    if (state === null) return null;
    if (typeof state === 'object' && !Array.isArray(state)) return text;
  } catch {
    // Said below.
  }
  throw topicAwarenessMalformed();
}

import { CivitasError } from '@civitas/platform/errors';
import { parseId } from '@civitas/platform/ids';
import { resumable } from '@civitas/platform/subgraph';
import type { ContentContext } from '../context.ts';
import { maySee, roleOf, viewerIdOf } from '../subjects/index.ts';
import { roleIn } from './document-access.ts';
import type { EditsEvent } from './edits-event.ts';
import { clientIdShape } from './push-topic-update.ts';
import { isStateVector } from './state-vector.ts';

interface TopicEditsArguments {
  readonly topicId: string;
  readonly clientId: number;
  readonly epoch?: number | null | undefined;
  readonly stateVector?: Uint8Array | null | undefined;
}

/**
 * The cursor of every event: asked again the stream begins with the difference to what the client had at
 * first, which holds everything since, and what it has already changes nothing.
 */
const FROM_ITS_ARGUMENTS = 'arguments';

/**
 * Follows a topic that the viewer may see.
 *
 * @throws CivitasError `MALFORMED_ID`, `BAD_USER_INPUT`, `NOT_FOUND`.
 */
export async function followTopic(
  ctx: ContentContext,
  args: TopicEditsArguments,
): Promise<AsyncIterableIterator<EditsEvent>> {
  const topicId = parseId('top', args.topicId);
  const clientId = clientIdShape.safeParse(args.clientId);
  const stateVector = args.stateVector ?? null;
  if (!clientId.success || (stateVector && !isStateVector(stateVector)))
    throw new CivitasError('BAD_USER_INPUT');
  const subject = await ctx.db.client.subject.findFirst({
    where: { topics: { some: { id: topicId, archiveRootId: null } } },
    select: { id: true, authorId: true, visibility: true },
  });
  if (!subject || !(await maySee(ctx, subject))) throw new CivitasError('NOT_FOUND');
  const room = await ctx.editing.hub.open(topicId);
  const { access } = room.state;
  const role = roleIn(access, viewerIdOf(ctx.viewer));
  const isStale = access.visibility !== subject.visibility || role !== (await roleOf(ctx, subject));
  if (isStale) await room.catchUp();
  const events = room.subscribe({
    userId: viewerIdOf(ctx.viewer),
    clientId: clientId.data,
    epoch: args.epoch ?? null,
    stateVector,
  });
  return resumable(events, () => FROM_ITS_ARGUMENTS);
}

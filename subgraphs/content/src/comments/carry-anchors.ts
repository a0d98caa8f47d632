import type { ContentTransaction } from '../context.ts';
import type { Restart } from '../editing/index.ts';
import { anchorOf, rangeOf } from './anchor.ts';

/**
 * Brings the comments of a topic to its document of another epoch, which has the same text. A comment
 * whose words are gone has no place in it and loses its quotation, too.
 */
export async function carryAnchors(
  tx: ContentTransaction,
  topicId: string,
  { before, after }: Restart,
): Promise<void> {
  const threads = await tx.topicComment.findMany({
    where: { topicId, threadId: null },
    select: { id: true, epoch: true, quote: true, anchorStart: true, anchorEnd: true },
  });
  const carried = threads.flatMap(({ id, epoch, quote, anchorStart, anchorEnd }) => {
    if (!anchorStart || !anchorEnd || epoch !== before.epoch) return [];
    const range = rangeOf(before.text, { start: anchorStart, end: anchorEnd }, quote);
    if (!range) return [];
    const words = before.text.toString().slice(range.from, range.to);
    return [{ id, quote: words.slice(0, quote.length), ...anchorOf(after.text, range) }];
  });
  await tx.topicComment.updateMany({ where: { topicId, threadId: null }, data: { quote: '' } });
  await tx.$executeRaw`
    UPDATE topic_comment AS comment SET
      epoch = ${after.epoch}, quote = carried.quote,
      anchor_start = carried.anchor_start, anchor_end = carried.anchor_end
    FROM unnest(
      ${carried.map(({ id }) => id)}::text[], ${carried.map(({ quote }) => quote)}::text[],
      ${carried.map(({ start }) => Buffer.from(start))}::bytea[],
      ${carried.map(({ end }) => Buffer.from(end))}::bytea[]
    ) AS carried (id, quote, anchor_start, anchor_end)
    WHERE comment.id = carried.id`;
}

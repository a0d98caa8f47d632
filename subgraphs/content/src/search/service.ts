import { CivitasError } from '@civitas/platform/errors';
import { parseId } from '@civitas/platform/ids';
import { type PageArguments, readPage } from '@civitas/platform/pagination';
import { requireUser } from '@civitas/platform/subgraph';
import type { ContentContext } from '../context.ts';
import type { Subject } from '../generated/prisma/client.ts';
import type { TopicNode } from '../topics/index.ts';
import { learnWords } from './learn-words.ts';
import { fetchHits, type Hit, searchList } from './queries.ts';
import { readSearchQuery } from './search-query.ts';

const MAX_QUERY = 200;

export interface FoundText extends Hit {
  readonly subject: Subject;
  readonly topic: TopicNode | null;
}

export interface SearchArguments extends PageArguments {
  readonly query: string;
  readonly scope: 'PUBLIC' | 'MINE';
  readonly subjectId?: string | null | undefined;
}

/**
 * What contains the words somebody typed, best first; `first + 1` rows at most.
 *
 * @throws CivitasError `UNAUTHENTICATED` for one's own texts without being signed in;
 * `BAD_USER_INPUT` for a query without a word or of more than 200 characters; `MALFORMED_ID`.
 */
export async function search(ctx: ContentContext, args: SearchArguments): Promise<FoundText[]> {
  const page = readPage(searchList, args);
  const bounds = {
    now: ctx.now(),
    memberId: args.scope === 'MINE' ? requireUser(ctx).id : null,
    subjectId: args.subjectId == null ? null : parseId('sub', args.subjectId),
  };
  if (args.query.length > MAX_QUERY) throw unreadable(`at most ${MAX_QUERY} characters`);
  await learnWords(ctx.db);
  const query = await readSearchQuery(ctx.db, args.query);
  if (query === null) throw unreadable('at least one word');
  const hits = await fetchHits(ctx.db, query, bounds, page);
  const found = await Promise.all(
    hits.map(async (hit) => ({
      ...hit,
      subject: await ctx.loaders.subjectById.load(hit.subjectId),
      topic: hit.topicId === null ? null : await ctx.loaders.topicById.load(hit.topicId),
    })),
  );
  // What was deleted in between is gone.
  return found.flatMap((each) => (each.subject ? [{ ...each, subject: each.subject }] : []));
}

function unreadable(need: string): CivitasError {
  return new CivitasError('BAD_USER_INPUT', {
    message: `\`query\` must have ${need}.`,
    details: { argumentPath: 'query' },
  });
}

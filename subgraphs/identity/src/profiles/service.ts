import { CivitasError } from '@civitas/platform/errors';
import { type PageArguments, readPage } from '@civitas/platform/pagination';
import type { IdentityContext } from '../context.ts';
import type { User, UserKind } from '../generated/prisma/client.ts';
import { handle as handleShape } from './handle.ts';
import { type Found, findByHandle, searchPeople, searchPeopleList } from './queries.ts';

/** Shorter ones share trigrams with everybody. */
const MIN_QUERY = 3;
const MAX_QUERY = 60;

export interface FoundPerson extends Found {
  readonly user: User;
}

/**
 * People whose handle or name begins with, or is nearly, what somebody typed; best first, plus one
 * row that says whether there are more. Those who keep out of search are not found.
 *
 * @throws CivitasError `BAD_USER_INPUT` for a query of fewer than 3 or more than 60 characters.
 */
export async function findPeople(
  ctx: IdentityContext,
  {
    query,
    kind,
    ...args
  }: PageArguments & { readonly query: string; readonly kind: UserKind | null },
): Promise<FoundPerson[]> {
  const page = readPage(searchPeopleList, args);
  const wanted = query
    .normalize()
    .trim()
    .replaceAll(/\p{Cc}/gu, '');
  if (wanted.length < MIN_QUERY || wanted.length > MAX_QUERY) {
    throw new CivitasError('BAD_USER_INPUT', {
      message: `\`query\` must have ${MIN_QUERY} to ${MAX_QUERY} characters.`,
      details: { argumentPath: 'query' },
    });
  }
  const found = await searchPeople(ctx, { query: wanted, kind }, page);
  const users = await Promise.all(found.map(({ id }) => ctx.loaders.userById.load(id)));
  return found.flatMap((each, index) => {
    const user = users[index];
    return user ? [{ ...each, user }] : [];
  });
}

/** Whose handle this is, or was within the last year; null for what is nobody's or no handle. */
export async function findPersonByHandle(
  ctx: IdentityContext,
  handle: string,
): Promise<User | null> {
  const parsed = handleShape.safeParse(handle.slice(0, 100));
  return parsed.success ? findByHandle(ctx, parsed.data) : null;
}

import type { ClientBase } from 'pg';
import { type Club, clubs } from './communities/clubs.ts';
import {
  type CommunityRow,
  type CommunityRows,
  insertCommunityRows,
  type MembershipRow,
  noRows,
} from './communities/tables.ts';
import { addThreads } from './communities/threads.ts';
import type { Random } from './random.ts';
import type { Person, World } from './world.ts';

/** Communities are made and inserted this many at a time, so that a large seed fits in memory. */
const BATCH_COMMUNITIES = 40;
/** The civilian whom the examples show belongs to the first few. */
const COMMUNITIES_OF_THE_FIRST = 6;
const QUARTER_MS = 92 * 86_400_000;

/** Forty clubs for each unit of scale: members, threads, votes, and counters that fit. */
export async function loadCommunities(client: ClientBase, world: World): Promise<void> {
  const random = world.randomFor('communities');
  const count = clubs.length * world.scale;
  for (let from = 0; from < count; from += BATCH_COMMUNITIES) {
    const rows = noRows();
    for (let index = from; index < Math.min(from + BATCH_COMMUNITIES, count); index += 1) {
      addCommunity(rows, index, world, random);
    }
    await insertCommunityRows(client, rows);
  }
}

function addCommunity(rows: CommunityRows, index: number, world: World, random: Random): void {
  const club = clubs[index % clubs.length];
  if (!club) return;
  const people = new Set(random.sample(world.people, 12 + random.skewed(240)));
  const [founder] = people;
  if (!founder) return;
  const first = world.ofKind('CIVILIAN')[0];
  if (first && index < COMMUNITIES_OF_THE_FIRST) people.add(first);

  const chapter = Math.floor(index / clubs.length) + 1;
  const community = createCommunity(club, chapter, founder, world, random);
  const members = Array.from(people, (person) =>
    createMembership(community, person, world, random),
  );
  community.member_count = members.length;
  rows.communities.push(community);
  rows.memberships.push(...members);
  addThreads(rows, community, members, club, { random, now: world.now });
}

function createCommunity(
  { slug, name, description }: Club,
  chapter: number,
  founder: Person,
  world: World,
  random: Random,
): CommunityRow {
  const at = random.instant(founder.joinedAt, new Date(world.now.getTime() - QUARTER_MS));
  return {
    id: random.id('com', at),
    name: chapter === 1 ? name : `${name} ${chapter}`,
    slug: chapter === 1 ? slug : `${slug}-${chapter}`,
    description,
    founder_id: founder.id,
    member_count: 0,
    post_count: 0,
    created_at: at,
  };
}

function createMembership(
  { id, founder_id, created_at }: CommunityRow,
  person: Person,
  world: World,
  random: Random,
): MembershipRow {
  const isFounder = person.id === founder_id;
  const since = person.joinedAt > created_at ? person.joinedAt : created_at;
  return {
    community_id: id,
    user_id: person.id,
    role: !isFounder && random.chance(0.02) ? 'MODERATOR' : 'MEMBER',
    joined_at: isFounder ? created_at : random.instant(since, world.now),
  };
}

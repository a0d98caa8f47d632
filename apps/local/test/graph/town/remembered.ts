import { describe, expect, test } from 'vitest';
import type { Shape, TestGraph } from '../use-graph.ts';
import { valuesByPlace } from './cached-places.ts';
import { CACHED_WRITES } from './cached-writes.ts';

/** Nobody reads what was true before their own write, nor what is for somebody else. */
export function rememberedTests(graph: TestGraph, shape: Shape): void {
  describe('what the gateway remembers is fresh', () => {
    /** As a client asks that may keep answers: its headers say whether they may be kept. */
    async function get(query: string, variables: object, token?: string) {
      const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
      const answer = await fetch(`${graph.url}?${search}`, {
        headers: {
          accept: 'application/graphql-response+json',
          'x-civitas-preflight': '1',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
      });
      const { data, errors } = (await answer.json()) as { data: unknown; errors?: unknown };
      expect(errors).toBeUndefined();
      return { data, kept: answer.headers.get('cache-control') };
    }

    test.each(Object.entries(CACHED_WRITES))(
      'after a write of %s',
      async (name, { changes, prepare }) => {
        const unique = `${Object.keys(CACHED_WRITES).indexOf(name)}-${shape.replace(' ', '-')}`;
        const { writer, mutation, input, read, variables } = await prepare(graph, unique);
        const before = await get(read, variables);
        expect(before.kept).toMatch(/^public, max-age=[1-9]/);
        const own = await get(read, variables, writer.token);
        expect(own.data).toEqual(before.data);

        const written = await graph.ask(mutation, { input }, writer.token);
        expect(written.errors).toBeUndefined();
        expect(Object.values(Object.values(written.data)[0] as object)).not.toEqual([]);
        const after = await get(read, variables, writer.token);
        const [was, is] = [valuesByPlace(before.data), valuesByPlace(after.data)];
        const unchanged = changes.filter(
          (place) => JSON.stringify(was.get(place)) === JSON.stringify(is.get(place)),
        );
        expect(unchanged).toEqual([]);
        // For others when the event has come.
        await expect
          .poll(async () => (await get(read, variables)).data, { timeout: 10_000, interval: 20 })
          .toEqual(after.data);
        expect((await get(read, variables)).kept).toMatch(/^public, max-age=[1-9]/);
      },
    );

    test('and never another person’s', async () => {
      const person = graph.world.ofKind('DONOR')[11];
      const token = await graph.signIn(person?.handle ?? '');
      const update = `mutation ($input: UpdateProfileInput!) {
        updateProfile(input: $input) { ... on UpdateProfileSuccess { user { id } } } }`;
      const input = { bio: 'For nobody else', visibility: { bio: 'ONLY_ME' } };
      await graph.ask(update, { input }, token);
      const read = 'query ($id: ID!) { user(id: $id) { id displayName bio } }';
      for (let times = 0; times < 2; times++) {
        const own = await get(read, { id: person?.id }, token);
        expect(own).toMatchObject({ data: { user: { bio: 'For nobody else' } }, kept: 'no-store' });
        const other = await get(read, { id: person?.id });
        expect(other).toMatchObject({ data: { user: { bio: null } }, kept: 'no-store' });
      }
    });
  });
}

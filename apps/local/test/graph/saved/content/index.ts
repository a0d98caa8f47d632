import { expect, test } from 'vitest';
import type { TestGraph } from '../../use-graph.ts';
import { type Doer, savedOperations } from '../saved-operations.ts';
import { arrange, close, share } from './arrange.ts';
import { exchange } from './files.ts';
import { learn, publish } from './learn.ts';
import type { Story } from './story.ts';
import { comment, write } from './write.ts';

const BEES = `# Bees

## Queen

She lays eggs. [[Worker]]

\`\`\`quiz
Who lays eggs?
= queen
\`\`\`

## Worker

She gathers honey.

## Drone

He does not.
`;

/** A subject of three topics, made of a document. */
async function importBees(
  a: Doer,
): Promise<Pick<Story, 'subjectId' | 'queen' | 'worker' | 'drone'>> {
  const made = await a.send('ImportMarkdown', { input: { markdown: BEES, visibility: 'PRIVATE' } });
  const { id: subjectId } = made.importSubject.subject;
  await a.send('UpdateSubject', { input: { subjectId, visibility: 'PUBLIC' } });
  const { subject } = await a.send('MindMap', { id: subjectId });
  const [queen, worker, drone] = subject.topics.map(({ id }: { id: string }) => id);
  return { subjectId, queen, worker, drone };
}

/** One story in which everything that is saved for content is sent, by an author and somebody else. */
export function savedContentTests(graph: TestGraph): void {
  test('every operation that is saved for content does what it is for', async () => {
    const saved = savedOperations('content/*.graphql');
    const [author, friend] = graph.world.people.slice(11);
    if (!author || !friend) throw new Error('The town is too small.');
    const a = saved.by(graph, await graph.signIn(author.handle));
    const b = saved.by(graph, await graph.signIn(friend.handle));
    const here = (url: string) => Object.assign(new URL(url), { port: new URL(graph.url).port });
    const story: Story = { a, b, author, friend, here, ...(await importBees(a)) };
    for (const chapter of [arrange, share, write, comment, exchange, publish, learn, close]) {
      await chapter(story);
    }
    expect(saved.unsent()).toEqual([]);
  });
}

import type { ObjectStore } from '@civitas/platform/objects';
import { createInProcessPubSub } from '@civitas/platform/pubsub';
import type { UserViewer } from '@civitas/platform/subgraph';
import { recordStatements, type TestSubgraph, userViewer, useTestSubgraph } from '@civitas/testkit';
import { createSubgraph } from '../index.ts';

const CREATE = /* GraphQL */ `
  mutation ($input: CreateSubjectInput!) {
    createSubject(input: $input) {
      __typename
      ... on CreateSubjectSuccess { subject { id } }
      ... on UserError { code path }
    }
  }
`;
const ADD = /* GraphQL */ `
  mutation ($input: AddTopicInput!) {
    addTopic(input: $input) {
      __typename
      ... on AddTopicSuccess { topic { id depth position title } }
      ... on UserError { code path }
    }
  }
`;
const TREE = /* GraphQL */ `
  query ($id: ID!) {
    subject(id: $id) { topicCount topics { title depth parent { title } } }
  }
`;

interface NewTopic {
  readonly parentId?: string;
  readonly afterId?: string;
  readonly beforeId?: string;
  readonly markdown?: string;
}

/** The content subgraph for one test file, with the steps most tests begin with. */
export function useContent({
  objects = null,
  renderLimitMs,
}: {
  objects?: ObjectStore | null;
  renderLimitMs?: number;
} = {}) {
  const content = useTestSubgraph('content', (dependencies) =>
    createSubgraph({
      ...dependencies,
      pubsub: createInProcessPubSub({ log: dependencies.log }),
      ...{ objects, renderLimitMs },
      // However slow the machine is, so that nothing goes on behind a test.
      importAnswerMs: 60_000,
      files: {
        url: 'http://gateway.invalid',
        secrets: ['a secret of tests, 32 characters or more'],
      },
    }),
  );
  return {
    get databaseUrl() {
      return content.databaseUrl;
    },
    get subgraph() {
      return content.subgraph;
    },
    as: (viewer?: UserViewer) => content.as(viewer),
    somebody: () => userViewer(),
    /** A new public subject of this author; its id. */
    subject: (author: UserViewer, changes: Record<string, unknown> = {}) =>
      createSubject(content, author, changes),
    /** A new topic; throws when it is refused. */
    topic: async (author: UserViewer, subjectId: string, title: string, place: NewTopic = {}) => {
      const input = { subjectId, title, ...place };
      const { addTopic } = await content.as(author).run(ADD, { input });
      if (addTopic.__typename !== 'AddTopicSuccess') throw new Error(JSON.stringify(addTopic));
      return addTopic.topic as { id: string; depth: number; position: string; title: string };
    },
    /** The whole tree as indented titles. */
    outline: async (author: UserViewer, id: string): Promise<string[]> => {
      const { subject } = await content.as(author).run(TREE, { id });
      return subject.topics.map(
        ({ title, depth }: { title: string; depth: number }) => '  '.repeat(depth - 1) + title,
      );
    },
  };
}

/** How many statements `work` costs; those of the relay, which runs all the while, are not counted. */
export async function countStatements(work: () => Promise<unknown>): Promise<number> {
  const statements = await recordStatements(work);
  return statements.filter((statement) => !statement.includes('outbox')).length;
}

async function createSubject(
  content: TestSubgraph,
  author: UserViewer,
  changes: Record<string, unknown>,
): Promise<string> {
  const input = { title: 'Beekeeping', visibility: 'PUBLIC', ...changes };
  const { createSubject: result } = await content.as(author).run(CREATE, { input });
  if (result.__typename !== 'CreateSubjectSuccess') throw new Error(JSON.stringify(result));
  return result.subject.id;
}

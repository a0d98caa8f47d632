import { newId } from '@civitas/platform/ids';
import type { UserViewer } from '@civitas/platform/subgraph';
import type { FormattedExecutionResult } from 'graphql';

/** Everybody at the editors is one person: rights are looked up by person, clients are told apart. */
export const author: UserViewer = {
  type: 'user',
  id: newId('usr'),
  kind: 'CIVILIAN',
  roles: [],
  scopes: [],
  sessionId: newId('ses'),
};

type Run = (request: {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}) => Promise<Pick<FormattedExecutionResult, 'data' | 'errors'>>;

/** Makes topics of one new public subject. */
export async function createTopics(run: Run): Promise<() => Promise<string>> {
  async function create(query: string, input: object): Promise<string> {
    const { data, errors } = await run({ query, variables: { input } });
    if (errors) throw new Error(JSON.stringify(errors));
    return (data as { made: { made: { id: string } } }).made.made.id;
  }
  const subjectId = await create(
    `mutation ($input: CreateSubjectInput!) {
      made: createSubject(input: $input) { ... on CreateSubjectSuccess { made: subject { id } } }
    }`,
    { title: 'Bench', visibility: 'PUBLIC' },
  );
  return () =>
    create(
      `mutation ($input: AddTopicInput!) {
        made: addTopic(input: $input) { ... on AddTopicSuccess { made: topic { id } } }
      }`,
      { subjectId, title: 'Bench' },
    );
}

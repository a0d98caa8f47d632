import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import {
  executeOnSubgraph,
  findRoute,
  type Subgraph,
  type UserViewer,
} from '@civitas/platform/subgraph';

type Fields = Record<string, Record<string, unknown>>;

/** What the benchmark asks of content, each ending with an error when it is refused. */
export function askContent(subgraph: Subgraph, viewer: UserViewer) {
  let topicId = '';
  const run = async (name: string, input: object, selection: string): Promise<Fields> => {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    const query = `mutation ($input: ${type}Input!) { ${name}(input: $input) {
      __typename ... on ${type}Success { ${selection} } } }`;
    const origin = { viewer, requestId: randomUUID(), signal: new AbortController().signal };
    const answer = await executeOnSubgraph(subgraph, { query, variables: { input } }, origin);
    const result = answer.data?.[name] as Fields | undefined;
    const typename = JSON.stringify(result?.['__typename']);
    if (!result || !/(?:Success|UnderWay)"$/.test(typename))
      throw new Error(JSON.stringify([typename, answer.errors]));
    return result;
  };
  const fetchFile = (method: 'GET' | 'PUT', address: unknown, stream?: Readable) => {
    const { pathname: path, searchParams: query } = new URL(String(address));
    const route = findRoute(subgraph.routes, method, path);
    if (!route) throw new Error(`Nothing answers ${path}.`);
    const sent = { method, path, query, body: Buffer.of(), headers: {} };
    return route.handle({ ...sent, ...(stream && { stream }) });
  };
  return {
    newSubject: async () => {
      const input = { title: 'The largest', visibility: 'PRIVATE' };
      return String((await run('createSubject', input, 'subject { id }'))['subject']?.['id']);
    },
    newTopic: async (subjectId: string, title: string) => {
      const { topic } = await run('addTopic', { subjectId, title }, 'topic { id }');
      topicId = String(topic?.['id']);
    },
    /** To the newest topic. */
    attach: async (open: () => Readable, bytes: number) => {
      const started = { topicId, name: 'law.pdf', bytes };
      const { upload } = await run('startAttachmentUpload', started, 'upload { id url }');
      await fetchFile('PUT', upload?.['url'], open());
      await run('finishAttachmentUpload', { uploadId: upload?.['id'] }, 'attachment { id }');
    },
    openArchive: async (subjectId: string): Promise<Readable> => {
      const made = await run('exportSubjectArchive', { subjectId }, 'archive { url }');
      return (await fetchFile('GET', made['archive']?.['url'])).body as Readable;
    },
    importArchive: async (open: () => Readable, bytes: number): Promise<string> => {
      const input = { fileName: 'the-largest.zip', bytes };
      const { upload } = await run('startSubjectImport', input, 'upload { id url }');
      await fetchFile('PUT', upload?.['url'], open());
      for (;;) {
        const asked = { uploadId: upload?.['id'] };
        const { subject } = await run('importSubjectFile', asked, 'subject { id }');
        if (subject) return String(subject['id']);
        await wait(100);
      }
    },
  };
}

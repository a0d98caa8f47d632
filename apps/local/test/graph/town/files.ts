import { expect, test } from 'vitest';
import type { TestGraph } from '../use-graph.ts';

/** One orange dot. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP438MAAAQZAYzvQbwjAAAAAElFTkSuQmCC',
  'base64',
);

interface Imported {
  readonly data: { readonly result: unknown };
}

/** Files that go through the gateway: in the body of an operation, and by addresses of their own. */
export function fileTests(graph: TestGraph): void {
  test('a file of megabytes becomes a subject for who says who they are, and for nobody else', async () => {
    const token = await graph.signIn(graph.world.people[0]?.handle ?? '');
    const text = (topic: number) => `${topic} `.padEnd(190_000, 'Bees fly. ');
    const topics = (count: number) => Array.from({ length: count }, (_, n) => n);
    const markdown = topics(6)
      .map((n) => `# Topic ${n}\n\n${text(n)}\n`)
      .join('\n');
    const outlines = topics(13).map((n) => `<outline text="Topic ${n}" _note="${text(n)}"/>`);
    const opml = `<opml version="2.0"><head><title>Bees</title></head><body>${outlines.join('')}</body></opml>`;
    const ask = (query: string, input: object, more: Record<string, string> = {}) =>
      fetch(graph.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...more },
        body: JSON.stringify({ query, variables: { input } }),
      });
    const shown = 'subject { topicCount } } ... on ImportRefused { reason } } }';
    const ofText = `mutation ($input: ImportSubjectInput!) {
      result: importSubject(input: $input) { ... on ImportSubjectSuccess { ${shown}`;
    const ofFile = `mutation ($input: ImportSubjectFileInput!) {
      result: importSubjectFile(input: $input) { ... on ImportSubjectFileSuccess { ${shown}`;
    const fileOf = (content: string) => ({
      file: Buffer.from(content).toString('base64'),
      fileName: 'bees.opml',
    });
    const me = { authorization: `Bearer ${token}` };
    const imported = async (query: string, input: object) =>
      ((await (await ask(query, input, me)).json()) as Imported).data.result;
    const subjectOf = (topicCount: number) => ({ subject: { topicCount } });
    expect(await imported(ofText, { markdown, title: 'Bees' })).toEqual(subjectOf(6));
    expect(await imported(ofFile, fileOf(opml))).toEqual(subjectOf(13));
    expect(await imported(ofFile, fileOf(opml.padEnd(5.5 * 2 ** 20)))).toEqual({
      reason: 'TOO_LARGE',
    });
    const refused = async (answer: Promise<Response>) => {
      const response = await answer;
      const { errors } = (await response.json()) as { errors: [{ extensions: { code: string } }] };
      return [response.status, errors[0].extensions.code];
    };
    const tooLarge = [413, 'PAYLOAD_TOO_LARGE'];
    expect(await refused(ask(ofText, { markdown }))).toEqual(tooLarge);
    expect(await refused(ask(ofFile, fileOf(opml)))).toEqual(tooLarge);
    expect(await refused(ask(ofFile, fileOf(opml), { authorization: 'Bearer x.y.z' }))).toEqual([
      401,
      'UNAUTHENTICATED',
    ]);
    expect(await refused(ask(ofFile, fileOf(opml.padEnd(7 * 2 ** 20)), me))).toEqual(tooLarge);
  });

  test('pictures of topics and of people go in and out by the gateway', async () => {
    const [person] = graph.world.ofKind('CIVILIAN');
    const token = await graph.signIn(person?.handle ?? '');
    const here = (address: string) => {
      const { pathname, search } = new URL(address);
      return new URL(pathname + search, graph.url).href;
    };
    const send = async (address: string) =>
      (await fetch(here(address), { method: 'PUT', body: PICTURE })).status;
    const mine =
      'query ($id: ID!) { user(id: $id) { subjects(first: 1) { edges { node { topics { id } } } } } }';
    const { data } = await graph.ask(mine, { id: person?.id }, token);
    const topicId = data.user.subjects.edges[0].node.topics[0].id;
    const ask = async (query: string, variables: object) =>
      (await graph.ask(query, variables, token)).data;
    const started = await ask(
      'mutation ($input: StartAttachmentUploadInput!) { startAttachmentUpload(input: $input) { ... on StartAttachmentUploadSuccess { upload { id url } } } }',
      { input: { topicId, name: 'dot.png', bytes: PICTURE.length } },
    );
    expect(await send(started.startAttachmentUpload.upload.url)).toBe(204);
    const { finishAttachmentUpload } = await ask(
      'mutation ($id: ID!) { finishAttachmentUpload(input: { uploadId: $id }) { ... on FinishAttachmentUploadSuccess { attachment { url uploadedBy { displayName } } } } }',
      { id: started.startAttachmentUpload.upload.id },
    );
    const { url, uploadedBy } = finishAttachmentUpload.attachment;
    expect(uploadedBy.displayName).toBe(person?.displayName);
    const shown = await fetch(here(url));
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect((await shown.arrayBuffer()).byteLength).toBeGreaterThan(50);
    const { startAvatarUpload } = await ask(
      'mutation ($bytes: Int!) { startAvatarUpload(input: { bytes: $bytes }) { ... on StartAvatarUploadSuccess { upload { id url } } } }',
      { bytes: PICTURE.length },
    );
    expect(await send(startAvatarUpload.upload.url)).toBe(204);
    const { finishAvatarUpload } = await ask(
      'mutation ($id: String!) { finishAvatarUpload(input: { uploadId: $id }) { ... on FinishAvatarUploadSuccess { user { avatar } } } }',
      { id: startAvatarUpload.upload.id },
    );
    const avatar = await fetch(here(finishAvatarUpload.user.avatar));
    expect([avatar.status, avatar.headers.get('content-type')]).toEqual([200, 'image/webp']);
    expect(avatar.headers.get('cache-control')).toContain('public');
    await avatar.arrayBuffer();
  });
}

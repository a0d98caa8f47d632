import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { savedOperations } from './saved-operations.ts';
import type { TestGraph } from './use-graph.ts';

const PICTURE = new URL('../../src/demo/data/pictures/mind-map.png', import.meta.url);

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

/** Of an import that has become a subject. */
const isDone = (event: { subjectImportProgress: { stage: string } }) =>
  event.subjectImportProgress.stage === 'DONE';

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** One story in which everything that is saved for content is sent, by an author and somebody else. */
export function savedContentTests(graph: TestGraph): void {
  test('every operation that is saved for content does what it is for', async () => {
    const saved = savedOperations('content');
    const [author, friend] = graph.world.people.slice(11);
    const a = saved.by(graph, await graph.signIn(author?.handle ?? ''));
    const b = saved.by(graph, await graph.signIn(friend?.handle ?? ''));
    /** Subgraphs are told where the gateway is before it has a port. */
    const here = (url: string) => Object.assign(new URL(url), { port: new URL(graph.url).port });
    const put = async ({ url }: { url: string }, body: Buffer<ArrayBuffer>) =>
      expect((await fetch(here(url), { method: 'PUT', body })).status).toBe(204);

    // A subject is made of a document, and is arranged.
    const made = await a.send('ImportMarkdown', {
      input: { markdown: BEES, visibility: 'PRIVATE' },
    });
    const { id: subjectId } = made.importSubject.subject;
    await a.send('UpdateSubject', { input: { subjectId, visibility: 'PUBLIC' } });
    const { subject } = await a.send('MindMap', { id: subjectId });
    const [queen, worker, drone] = subject.topics.map(({ id }: { id: string }) => id);
    const [moved] = await heardWhile(
      a.follow('FollowSubject', { subjectId }),
      () => true,
      () => a.send('MoveTopic', { input: { topicId: drone, beforeId: queen } }),
    );
    expect(moved.subjectChanged).toMatchObject({
      kind: 'TOPIC_MOVED',
      by: { displayName: author?.displayName },
    });
    await a.send('ArchiveTopic', { input: { topicId: drone } });
    await a.send('RestoreTopic', { input: { topicId: drone } });
    const split = await a.send('SplitTopic', {
      input: { topicId: drone, at: 2, title: 'What he does not' },
    });
    await a.send('MergeTopics', {
      input: { intoId: drone, fromId: split.splitTopic.newTopic.id, keepTitle: false },
    });
    await a.send('CopyTopic', { input: { topicId: drone } });

    // Somebody is let in, by invitation and by link.
    const { userByHandle } = await a.send('PersonToInvite', { handle: friend?.handle });
    const membership = { subjectId, userId: userByHandle.id };
    await a.send('InviteToSubject', { input: { ...membership, role: 'EDITOR' } });
    await b.send('AnswerSubjectInvitation', { input: { subjectId, accept: true } });
    const link = await a.send('CreateSubjectShareLink', { input: { subjectId, role: 'VIEWER' } });
    const { token } = link.createSubjectShareLink;
    await b.send('RedeemSubjectShareLink', { input: { token } });
    const sharing = await a.send('SharingDialog', { id: subjectId });
    expect(sharing.subject.collaborators).toMatchObject([
      { user: { id: friend?.id }, byLink: false },
      { user: { id: friend?.id }, byLink: true },
    ]);

    // A text is edited live, kept, and restored.
    const doc = new Y.Doc();
    const edits = b.follow('EditTopic', { topicId: worker, clientId: doc.clientID });
    const { epoch, update } = (await edits.next()).value.topicEdits;
    Y.applyUpdate(doc, Buffer.from(update, 'base64'));
    const before = Y.encodeStateVector(doc);
    doc.getText('content').insert(0, 'Busy. ');
    const change = { update: base64(Y.encodeStateAsUpdate(doc, before)), awareness: '{}' };
    const push = { topicId: worker, epoch, clientId: doc.clientID, ...change };
    const pushed = await b.send('PushToTopic', { input: push });
    expect(pushed.pushTopicUpdate).toMatchObject({ missing: null });
    const heard = (await edits.next()).value.topicEdits;
    expect(heard.presence).toMatchObject([{ by: { displayName: friend?.displayName } }]);
    await edits.return(undefined);
    await a.send('SaveTopicRevision', { input: { topicId: worker, name: 'Busy' } });
    const { topic } = await a.send('TopicHistory', { id: worker });
    const revisionId = topic.revisions.edges.at(-1).node.id;
    await a.send('RestoreTopicRevision', { input: { revisionId } });
    expect((await b.send('ReadTopic', { id: worker })).topic.markdown).not.toContain('Busy');

    // It is talked about.
    const thread = await b.send('AddTopicComment', {
      input: { topicId: worker, from: 4, quote: 'gathers', body: 'Does she?' },
    });
    const { id: commentId } = thread.addTopicComment.comment;
    await a.send('AnswerTopicComment', { input: { commentId, body: 'She does.' } });
    expect((await b.send('TopicPage', { id: worker })).topic).toMatchObject({
      comments: { edges: [{ node: { answers: [{ body: 'She does.' }] } }] },
      backlinks: [{ id: queen }],
    });
    await a.send('ResolveTopicComment', { input: { commentId, resolved: true } });

    // A picture is attached to it.
    const picture = await readFile(PICTURE);
    const begun = await a.send('StartAttachmentUpload', {
      input: { topicId: worker, name: 'map.png', bytes: picture.length },
    });
    const { upload } = begun.startAttachmentUpload;
    await put(upload, picture);
    const finished = await a.send('FinishAttachmentUpload', {
      input: { uploadId: upload.id, altText: '' },
    });
    const { id: attachmentId } = finished.finishAttachmentUpload.attachment;
    await a.send('ChangeAttachment', { input: { attachmentId, altText: 'A map' } });
    const attached = await b.send('TopicAttachments', { id: worker });
    expect(attached.topic.attachments.edges).toMatchObject([{ node: { altText: 'A map' } }]);

    // It is exported and imported, with its picture and without.
    const file = await a.send('ExportSubject', { id: subjectId, format: 'JSON' });
    const asFile = { file: file.subject.export.base64, fileName: file.subject.export.fileName };
    const input = { ...asFile, visibility: 'PRIVATE', importId: 'as-file' };
    await heardWhile(a.follow('ImportProgress', { importId: 'as-file' }), isDone, () =>
      a.send('ImportSubjectFile', { input }),
    );
    const { exportSubjectArchive } = await a.send('ExportSubjectArchive', { input: { subjectId } });
    const { archive } = exportSubjectArchive;
    const zip = Buffer.from(await (await fetch(here(archive.url))).arrayBuffer());
    expect(zip).toHaveLength(archive.bytes);
    const archived = await heardWhile(
      a.follow('ImportArchiveProgress', { importId: 'as-archive' }),
      isDone,
      async () => {
        const { startSubjectImport } = await a.send('StartSubjectImport', {
          input: { fileName: archive.fileName, bytes: zip.length },
        });
        await put(startSubjectImport.upload, zip);
        const { id: uploadId } = startSubjectImport.upload;
        const asArchive = { uploadId, importId: 'as-archive', visibility: 'PRIVATE' };
        await a.send('ImportSubjectArchive', { input: asArchive });
      },
    );
    expect(archived.at(-1)).toMatchObject({
      subjectImportProgress: { subject: { title: 'Bees' } },
    });
    await a.send('DeleteAttachment', { input: { attachmentId } });

    // It is published, forked, found, liked and learned.
    const version = await a.send('SaveSubjectVersion', { input: { subjectId, name: 'First' } });
    const { id: versionId } = version.saveSubjectVersion.version;
    await a.send('PublishSubjectVersion', { input: { versionId, published: true } });
    await b.send('ReadVersion', { id: versionId });
    await b.send('ForkSubjectVersion', { input: { versionId } });
    await b.send('LikeSubject', { input: { subjectId } });
    await b.send('LikeTopic', { input: { topicId: worker } });
    await b.send('ClickTopic', { input: { topicId: worker } });
    await b.send('Trending');
    await b.send('BrowseSubjects');
    await b.send('MyShelf');
    for (const name of ['SearchContent', 'Pictures', 'SubjectStory']) {
      expect((await b.send(name, { query: 'gathers honey' })).search.edges).not.toEqual([]);
    }
    await b.send('EnrolInSubject', { input: { subjectId } });
    const { topic: asking } = await b.send('Checkpoints', { topicId: queen });
    const [{ key }] = asking.checkpoints;
    const answers = [{ key, options: [], text: 'Queen' }];
    await b.send('AnswerCheckpoints', { input: { topicId: queen, answers } });
    const { subject: course } = await b.send('LearnSubject', { id: subjectId });
    for (const { id: topicId } of course.topics) {
      await b.send('MarkTopicDone', { input: { topicId, done: true } });
    }
    await b.send('ClaimCertificate', { input: { subjectId } });

    await a.send('PurgeTopicHistory', { input: { topicId: worker } });
    await a.send('RemoveSubjectCollaborator', { input: membership });
    expect(saved.unsent()).toEqual([]);
  });
}

/**
 * What a stream tells up to a last event while something is done, again and again until it is heard: nobody
 * is told when a stream is open.
 */
async function heardWhile<Event>(
  stream: AsyncIterable<Event>,
  isLast: (event: Event) => boolean,
  act: () => Promise<unknown>,
): Promise<Event[]> {
  const heard: Event[] = [];
  const listening = (async () => {
    for await (const event of stream) {
      heard.push(event);
      if (isLast(event)) return;
    }
  })();
  const tryAndLook = async () => {
    await act();
    return heard.length;
  };
  const patience = { timeout: 30_000, interval: 100 };
  await expect.poll(tryAndLook, patience).toBeGreaterThan(0);
  await listening;
  return heard;
}

import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { heardWhile, put, type Story } from './story.ts';

const PICTURE = new URL('../../../../src/demo/data/pictures/mind-map.png', import.meta.url);

/** Of an import that has become a subject. */
const isDone = (event: { subjectImportProgress: { stage: string } }) =>
  event.subjectImportProgress.stage === 'DONE';

/** A picture is attached; the subject goes out and comes in, with it and without; it is taken off. */
export async function exchange(story: Story): Promise<void> {
  const { a, b, subjectId, worker, here } = story;
  const picture = await readFile(PICTURE);
  const { startAttachmentUpload } = await a.send('StartAttachmentUpload', {
    input: { topicId: worker, name: 'map.png', bytes: picture.length },
  });
  const { upload } = startAttachmentUpload;
  await put(story, upload, picture);
  const { finishAttachmentUpload } = await a.send('FinishAttachmentUpload', {
    input: { uploadId: upload.id, altText: '' },
  });
  const { id: attachmentId } = finishAttachmentUpload.attachment;
  await a.send('ChangeAttachment', { input: { attachmentId, altText: 'A map' } });
  const { topic } = await b.send('TopicAttachments', { id: worker });
  expect(topic.attachments.edges).toMatchObject([{ node: { altText: 'A map' } }]);

  const { subject } = await a.send('ExportSubject', { id: subjectId, format: 'JSON' });
  const { base64: file, fileName } = subject.export;
  const input = { file, fileName, visibility: 'PRIVATE', importId: 'as-file' };
  await heardWhile(a.follow('ImportProgress', { importId: 'as-file' }), isDone, () =>
    a.send('ImportSubjectFile', { input }),
  );

  const { exportSubjectArchive } = await a.send('ExportSubjectArchive', { input: { subjectId } });
  const { archive } = exportSubjectArchive;
  const zip = Buffer.from(await (await fetch(here(archive.url))).arrayBuffer());
  expect(zip).toHaveLength(archive.bytes);
  const bar = a.follow('ImportArchiveProgress', { importId: 'as-archive' });
  const told = await heardWhile(bar, isDone, async () => {
    const begun = await a.send('StartSubjectImport', {
      input: { fileName: archive.fileName, bytes: zip.length },
    });
    const { id: uploadId, url } = begun.startSubjectImport.upload;
    await put(story, { url }, zip);
    const asArchive = { uploadId, importId: 'as-archive', visibility: 'PRIVATE' };
    await a.send('ImportSubjectArchive', { input: asArchive });
  });
  expect(told.at(-1)).toMatchObject({ subjectImportProgress: { subject: { title: 'Bees' } } });
  await a.send('DeleteAttachment', { input: { attachmentId } });
}

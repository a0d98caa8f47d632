import { expect } from 'vitest';
import type { Story } from './story.ts';

/** It is published and forked, found, opened and liked. */
export async function publish({ a, b, subjectId, worker }: Story): Promise<void> {
  const version = await a.send('SaveSubjectVersion', { input: { subjectId, name: 'First' } });
  const { id: versionId } = version.saveSubjectVersion.version;
  await a.send('PublishSubjectVersion', { input: { versionId, published: true } });
  await b.send('ReadVersion', { id: versionId });
  await b.send('ForkSubjectVersion', { input: { versionId } });
  for (const name of ['SearchContent', 'Pictures', 'SubjectStory']) {
    expect((await b.send(name, { query: 'gathers honey' })).search.edges).not.toEqual([]);
  }
  for (const name of ['ClickSubject', 'LikeSubject', 'SaveSubject']) {
    await b.send(name, { input: { subjectId } });
  }
  for (const name of ['ClickTopic', 'LikeTopic', 'SaveTopic', 'UnlikeTopic', 'UnsaveTopic']) {
    await b.send(name, { input: { topicId: worker } });
  }
  const { me } = await b.send('MyShelf');
  expect(me.savedSubjects.edges[0]).toMatchObject({ node: { id: subjectId } });
  for (const name of ['Trending', 'BrowseSubjects']) await b.send(name);
  for (const name of ['UnlikeSubject', 'UnsaveSubject']) {
    await b.send(name, { input: { subjectId } });
  }
}

/** It is learned, to the certificate. */
export async function learn({ b, subjectId, queen, friend }: Story): Promise<void> {
  await b.send('EnrolInSubject', { input: { subjectId } });
  await b.send('VisitTopic', { input: { topicId: queen } });
  const { topic } = await b.send('Checkpoints', { topicId: queen });
  const answers = [{ key: topic.checkpoints[0].key, options: [], text: 'Queen' }];
  await b.send('AnswerCheckpoints', { input: { topicId: queen, answers } });
  const { subject } = await b.send('LearnSubject', { id: subjectId });
  for (const { id: topicId } of subject.topics) {
    await b.send('MarkTopicDone', { input: { topicId, done: true } });
  }
  const { claimCertificate } = await b.send('ClaimCertificate', { input: { subjectId } });
  const shown = await b.send('Certificate', { id: claimCertificate.certificate.id });
  expect(shown.certificate.learner).toEqual({ displayName: friend.displayName });
  await b.send('LeaveSubject', { input: { subjectId } });
}

import { expect } from 'vitest';
import { heardWhile, type Story } from './story.ts';

/** A mind map is arranged, while somebody looks on. */
export async function arrange({ a, author, subjectId, queen, drone }: Story): Promise<void> {
  const [moved] = await heardWhile(
    a.follow('FollowSubject', { subjectId }),
    () => true,
    () => a.send('MoveTopic', { input: { topicId: drone, beforeId: queen } }),
  );
  expect(moved.subjectChanged).toMatchObject({
    ...{ kind: 'TOPIC_MOVED', by: { displayName: author.displayName } },
  });
  await a.send('ArchiveTopic', { input: { topicId: drone } });
  await a.send('RestoreTopic', { input: { topicId: drone } });
  const split = await a.send('SplitTopic', { input: { topicId: drone, at: 2, title: 'Not' } });
  await a.send('MergeTopics', {
    input: { intoId: drone, fromId: split.splitTopic.newTopic.id, keepTitle: false },
  });
  const copied = await a.send('CopyTopic', { input: { topicId: drone } });
  const { id: topicId } = copied.copyTopic.topic;
  await a.send('ArchiveTopic', { input: { topicId } });
  await a.send('DeleteArchivedTopic', { input: { topicId } });
  const begun = await a.send('CreateSubject', { input: { title: 'Wasps', visibility: 'PRIVATE' } });
  const { id } = begun.createSubject.subject;
  const words = { title: 'Nest', markdown: 'Of paper.' };
  const added = await a.send('AddTopic', { input: { subjectId: id, ...words } });
  const nest = added.addTopic.topic.id;
  await a.send('UpdateTopic', { input: { topicId: nest, markdown: 'Of grey paper.' } });
}

/** Somebody is let in, by invitation and by link. */
export async function share({ a, b, friend, subjectId }: Story): Promise<void> {
  const { userByHandle } = await a.send('PersonToInvite', { handle: friend.handle });
  const { id: userId } = userByHandle;
  await a.send('InviteToSubject', { input: { subjectId, userId, role: 'EDITOR' } });
  await b.send('AnswerSubjectInvitation', { input: { subjectId, accept: true } });
  const link = await a.send('CreateSubjectShareLink', { input: { subjectId, role: 'VIEWER' } });
  const { token } = link.createSubjectShareLink;
  await b.send('SharedSubject', { token });
  await b.send('RedeemSubjectShareLink', { input: { token } });
  const { subject } = await a.send('SharingDialog', { id: subjectId });
  expect(subject.collaborators).toMatchObject([
    { user: { id: friend.id }, byLink: false },
    { user: { id: friend.id }, byLink: true },
  ]);
  const { id: linkId } = link.createSubjectShareLink.link;
  await a.send('RevokeSubjectShareLink', { input: { linkId } });
}

/** The author takes back what was given away. */
export async function close({ a, friend, subjectId, worker }: Story): Promise<void> {
  await a.send('PurgeTopicHistory', { input: { topicId: worker } });
  await a.send('RemoveSubjectCollaborator', { input: { subjectId, userId: friend.id } });
}

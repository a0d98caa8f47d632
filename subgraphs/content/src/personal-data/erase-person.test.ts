import { createDatabase } from '@civitas/platform/database';
import { newId } from '@civitas/platform/ids';
import { expect, test } from 'vitest';
import { PrismaClient } from '../generated/prisma/client.ts';
import { useContent } from '../testing/use-content.ts';
import { erasePerson } from './erase-person.ts';

const content = useContent();

test('who is erased leaves no row of theirs, and the counters of what is not theirs follow', async () => {
  const [author, person] = [content.somebody(), content.somebody()];
  const subjectId = await content.subject(author);
  const { id: topicId } = await content.topic(author, subjectId, 'All');
  const steps = /* GraphQL */ `
    mutation ($subject: ID!, $topic: ID!) {
      likeSubject(input: { subjectId: $subject }) { __typename }
      likeTopic(input: { topicId: $topic }) { __typename }
      saveTopic(input: { topicId: $topic }) { __typename }
      enrolInSubject(input: { subjectId: $subject }) { __typename }
      markTopicDone(input: { topicId: $topic }) { __typename }
      claimCertificate(input: { subjectId: $subject }) { __typename }
    }
  `;
  const results = await content.as(person).run(steps, { subject: subjectId, topic: topicId });
  expect(JSON.stringify(results).match(/Success"/g)).toHaveLength(6);
  const db = createDatabase({
    url: content.databaseUrl,
    createClient: (adapter) => new PrismaClient({ adapter }),
  });
  try {
    const file = {
      ...{
        topicId,
        subjectId,
        name: 'law.pdf',
        altText: '',
        mediaType: 'application/pdf',
        bytes: 1,
      },
      sha256: '0'.repeat(64),
      uploadedBy: person.id,
      createdAt: new Date(),
    };
    const id = newId('att');
    await db.client.topicAttachment.create({ data: { id, ...file } });
    const { createdAt } = file;
    const upload = { topicId, name: 'law.pdf', objectKey: 'x', createdAt, expiresAt: createdAt };
    await db.client.attachmentUpload.create({
      data: { id: newId('upl'), userId: person.id, ...upload },
    });
    const [waiting, joined] = [content.somebody(), content.somebody()];
    const member = { subjectId, source: 'invitation', role: 'OWNER', createdAt } as const;
    await db.client.subjectMember.createMany({
      data: [
        { ...member, userId: person.id, invitedBy: author.id, acceptedAt: createdAt },
        { ...member, userId: waiting.id, invitedBy: person.id },
        { ...member, userId: joined.id, invitedBy: person.id, acceptedAt: createdAt },
      ],
    });
    await db.inTransaction((tx) => erasePerson(tx, person.id, new Date()));
    const tables = await db.client.$queryRaw<{ name: string }[]>`
      SELECT table_name AS name FROM information_schema.columns
      WHERE table_schema = 'public' AND column_name = 'user_id'`;
    expect(tables.length).toBeGreaterThan(5);
    for (const { name } of tables) {
      const rows = await db.client.$queryRawUnsafe<unknown[]>(
        `SELECT 1 FROM ${name} WHERE user_id = $1`,
        person.id,
      );
      expect([name, rows.length]).toEqual([name, 0]);
    }
    // Whom they let in stays; whom they invited is not asked in the name of nobody.
    const members = await db.client.subjectMember.findMany({
      where: { subjectId },
      select: { userId: true },
    });
    expect(members).toEqual([{ userId: joined.id }]);
    // What they attached to the topic of somebody else stays there, without their name.
    const attached = await db.client.topicAttachment.findUnique({ where: { id } });
    expect(attached).toMatchObject({ uploadedBy: null });
    expect(await db.client.topic.findUniqueOrThrow({ where: { id: topicId } })).toMatchObject({
      likeCount: 0,
      saveCount: 0,
    });
  } finally {
    await db.close();
  }
});

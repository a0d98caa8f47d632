import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { type Story, townsman } from './story.ts';

const PICTURE = new URL('../../../../src/demo/data/pictures/mind-map.png', import.meta.url);

/** She says who she is, and is believed for a while. */
export async function introduce({ graph, me, admin, id, name }: Story): Promise<void> {
  await me.send('UpdateProfile', { input: { bio: 'Keeps bees.' } });
  await me.send('ChangeHandle', { input: { handle: `${name}-now` } });
  const picture = await readFile(PICTURE);
  const { startAvatarUpload } = await me.send('StartAvatarUpload', { bytes: picture.length });
  const { upload } = startAvatarUpload;
  // Subgraphs are told where the gateway is before it has a port.
  const to = Object.assign(new URL(upload.url), { port: new URL(graph.url).port });
  expect((await fetch(to, { method: 'PUT', body: picture })).status).toBe(204);
  await me.send('FinishAvatarUpload', { uploadId: upload.id });
  await me.send('RemoveAvatar');
  await me.send('RequestVerification', { input: { evidence: 'A licence.' } });
  expect((await me.send('MyProfile')).me).toMatchObject({ id, bio: 'Keeps bees.' });
  const queue = await admin.send('VerificationQueue', { first: 50 });
  type Request = { readonly node: { readonly id: string; readonly person: { id: string } } };
  const isHers = ({ node }: Request) => node.person.id === id;
  const requestId = queue.verificationRequests.edges.find(isHers)?.node.id;
  await admin.send('WaitingVerifications');
  await admin.send('DecideVerification', { input: { requestId, approve: true } });
  await admin.send('EndVerification', { input: { userId: id, reason: 'It has expired.' } });
}

/** Anybody finds people, and what there is to know of them. */
export async function look({ graph, anybody }: Story): Promise<void> {
  const [civilian] = graph.world.ofKind('CIVILIAN');
  const [family] = graph.world.ofKind('FAMILY');
  const [merchant] = graph.world.ofKind('MERCHANT');
  const ids = { civilian: civilian?.id, family: family?.id, merchant: merchant?.id };
  await anybody.send('SearchPeople', { query: civilian?.displayName });
  await anybody.send('BrowsePeople', { kind: 'OFFICER', first: 2 });
  await anybody.send('CivicPerson', { id: civilian?.id, handle: merchant?.handle });
  await anybody.send('CivicOfficersMet', ids);
  await anybody.send('CivicDonationsToFamily', ids);
  await anybody.send('CivicGoodsSold', ids);
  await anybody.send('Learn');
  await anybody.send('Town', ids);
}

/** An officer notes a meeting that has not been, and oversight hears of it. */
export async function meet(story: Story): Promise<void> {
  const { graph, admin } = story;
  const [civilian] = graph.world.ofKind('CIVILIAN').slice(30);
  const [officer] = await graph.databases.sql(
    'identity',
    `SELECT handle FROM "user" WHERE kind = 'OFFICER' AND verified ORDER BY id LIMIT 1`,
  );
  const occurredAt = new Date().toISOString();
  const input = { civilianId: civilian?.id, kind: 'TRAFFIC_STOP', occurredAt };
  const met = await (await townsman(story, officer.handle)).send('RecordEncounter', { input });
  const { id: encounterId } = met.recordEncounter.encounter;
  const other = await townsman(story, civilian?.handle);
  await other.send('EncounterPage', { id: encounterId });
  await other.send('MyEncounters');
  const disputed = await other.send('DisputeEncounter', {
    input: { encounterId, statement: 'I was not there.' },
  });
  const { id: disputeId } = disputed.disputeEncounter.dispute;
  await admin.send('DisputeQueue');
  await admin.send('AnswerDispute', { input: { disputeId, uphold: true, answer: 'So it seems.' } });
  const role = { userId: civilian?.id, role: 'SUPPORT' };
  await admin.send('GrantRole', { input: role });
  await admin.send('RevokeRole', { input: role });
}

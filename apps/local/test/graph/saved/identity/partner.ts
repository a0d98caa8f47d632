import { createHash } from 'node:crypto';
import { PASSWORD, type Story } from './story.ts';

/** A program acts for her. */
export async function becomePartner({ graph, saved, me, admin, id, name }: Story): Promise<void> {
  const terms = { mode: 'LOG_UNKNOWN', needsKey: true, requestsPerMinute: 60 };
  const { openPartnerAccount } = await admin.send('OpenPartnerAccount', {
    input: { ownerId: id, name, ...terms },
  });
  const { id: partnerAccountId } = openPartnerAccount.partnerAccount;
  await admin.send('ChangePartnerTerms', { input: { partnerAccountId, requestsPerMinute: 120 } });
  await me.send('MyPartnerAccounts');
  const scopes = ['identity:publish-operations'];
  const key = { partnerAccountId, name: 'Shop', scopes, expiresInDays: 30, password: PASSWORD };
  const { createApiKey } = await me.send('CreateApiKey', { input: key });
  const { id: apiKeyId } = createApiKey.apiKey;
  await me.send('MyApiKeys', { first: 5 });
  const { rotateApiKey } = await me.send('RotateApiKey', {
    input: { apiKeyId, overlapHours: 1, password: PASSWORD },
  });
  const document = '{ __typename }';
  const operationId = createHash('sha256').update(document).digest('hex');
  await saved.by(graph, rotateApiKey.secret).send('PublishOperations', {
    input: { client: name, operations: [{ operationId, document }] },
  });
  await me.send('RevokeApiKey', { input: { apiKeyId } });
}

import { createHash } from 'node:crypto';
import { normalizedHash } from '@civitas/platform/documents';
import { CivitasError, UserFailure } from '@civitas/platform/errors';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput } from '@civitas/platform/validation';
import { type DocumentNode, Kind, parse } from 'graphql';
import { z } from 'zod';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { PartnerAccount } from '../generated/prisma/client.ts';
import { presentRights } from '../roles/index.ts';
import { partnerAccountNotFound } from './service.ts';

const MAX_OPERATIONS = 500;
const MAX_OPERATIONS_IN_ALL = 10_000;
const MAX_DOCUMENT_CHARACTERS = 64 * 1024;
const MAX_TOKENS = 10_000;
/** What an API key needs for this beside belonging to the account. */
const SCOPE = 'identity:publish-operations';

const operation = z
  .object({
    operationId: z
      .string()
      .regex(/^[\w.:-]{1,128}$/, 'must be 1 to 128 of letters, digits and `_.:-`.'),
    document: z.string().max(MAX_DOCUMENT_CHARACTERS, 'must have at most 64 KiB.'),
  })
  .refine(({ operationId, document }) => isHonest(operationId, document), {
    path: ['operationId'],
    error: 'must be the hash of the document.',
  })
  .transform(({ operationId, document }, context) => {
    const parsed = parsedOrReason(document);
    if (typeof parsed !== 'string') return { operationId, document, ...parsed };
    context.addIssue({ code: 'custom', path: ['document'], message: parsed });
    return z.NEVER;
  });

const publishInput = z.object({
  client: z.string().max(100),
  operations: z
    .array(operation)
    .min(1, 'must be at least 1.')
    .max(MAX_OPERATIONS, `must be at most ${MAX_OPERATIONS}.`),
});

/**
 * Adds operations to those of an account. What is there already, with the same document, stays; when
 * anything is new the account's manifest has a new version. All or nothing.
 *
 * @throws CivitasError `UNAUTHENTICATED`; `FORBIDDEN` for an API key without the scope.
 * @throws UserFailure `PartnerAccountNotFound`, `OperationIdTaken`, `TooManyOperations`, `InvalidInput`.
 */
export function publishOperations(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ partnerAccount: PartnerAccount; added: number }> {
  const viewer = requireUser(ctx);
  if (viewer.apiKeyId !== undefined && !viewer.scopes.includes(SCOPE)) {
    throw new CivitasError('FORBIDDEN', { message: `The API key lacks the scope ${SCOPE}.` });
  }
  const { client, operations } = parseInput(publishInput, input);
  return ctx.db.inTransaction(async (tx) => {
    const account = await lockAccount(ctx, tx, client);
    const missing = await assertSame(tx, account.id, operations);
    if (missing.length === 0) return { partnerAccount: account, added: 0 };
    const count = await tx.registeredOperation.count({ where: { partnerAccountId: account.id } });
    if (count + missing.length > MAX_OPERATIONS_IN_ALL) {
      throw new UserFailure(
        'TooManyOperations',
        `There would be more than ${MAX_OPERATIONS_IN_ALL} operations.`,
      );
    }
    const partnerAccount = await tx.partnerAccount.update({
      where: { id: account.id },
      data: { manifestVersion: { increment: 1 } },
    });
    const version = partnerAccount.manifestVersion;
    const row = { partnerAccountId: account.id, version, publishedAt: ctx.now() };
    await tx.registeredOperation.createMany({ data: missing.map((each) => ({ ...each, ...row })) });
    return { partnerAccount, added: missing.length };
  });
}

type Given = z.output<typeof operation>;

/** Locked, so that two publications at once get versions one after the other. */
async function lockAccount(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  name: string,
): Promise<PartnerAccount> {
  const viewer = requireUser(ctx);
  await tx.$queryRaw`SELECT id FROM partner_account WHERE name = ${name} FOR UPDATE`;
  const account = await tx.partnerAccount.findUnique({
    where: { name },
    include: { apiKeys: { where: { id: viewer.apiKeyId ?? '' } } },
  });
  const mayPublish =
    viewer.apiKeyId === undefined
      ? account?.ownerId === viewer.id || (await isAdministrator(ctx, tx))
      : account?.apiKeys.length === 1;
  if (!account || !mayPublish) throw partnerAccountNotFound(['input', 'client']);
  return account;
}

async function isAdministrator(ctx: IdentityContext, tx: IdentityTransaction): Promise<boolean> {
  const rights = await presentRights(ctx, tx, requireUser(ctx).id);
  return rights?.roles.includes('ADMINISTRATOR') ?? false;
}

/** @returns those that are not there yet, each id once. */
async function assertSame(
  tx: IdentityTransaction,
  partnerAccountId: string,
  operations: readonly Given[],
): Promise<readonly Given[]> {
  const known = new Map<string, string>();
  const rows = await tx.registeredOperation.findMany({
    where: { partnerAccountId, operationId: { in: operations.map((each) => each.operationId) } },
    select: { operationId: true, document: true },
  });
  for (const row of rows) known.set(row.operationId, row.document);
  const missing: Given[] = [];
  for (const [index, each] of operations.entries()) {
    const document = known.get(each.operationId);
    if (document === undefined) missing.push(each);
    else if (document !== each.document) {
      const path = ['input', 'operations', String(index), 'operationId'];
      throw new UserFailure('OperationIdTaken', 'Another document has this id.', path, {
        operationId: each.operationId,
      });
    }
    known.set(each.operationId, each.document);
  }
  return missing;
}

/** Tools name documents by hashes; one that names another document would be a trap. */
function isHonest(operationId: string, document: string): boolean {
  const [, hash = ''] = /^(?:sha256:)?([0-9a-f]+)$/i.exec(operationId) ?? [];
  const algorithm = { 40: 'sha1', 64: 'sha256' }[hash.length];
  if (algorithm === undefined) return true;
  return createHash(algorithm).update(document).digest('hex') === hash.toLowerCase();
}

function parsedOrReason(
  document: string,
): string | { readonly normalizedHash: string; readonly name: string | null } {
  let parsed: DocumentNode;
  try {
    parsed = parse(document, { maxTokens: MAX_TOKENS });
  } catch (error) {
    return `must be GraphQL: ${(error as Error).message}`;
  }
  const operations = parsed.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const [first] = operations;
  if (first?.kind !== Kind.OPERATION_DEFINITION) return 'must have an operation.';
  return { normalizedHash: normalizedHash(parsed), name: first.name?.value ?? null };
}

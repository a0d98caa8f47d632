import { UserFailure } from '@civitas/platform/errors';
import { appendEvents } from '@civitas/platform/events';
import { newId } from '@civitas/platform/ids';
import {
  cursorList,
  cursorTypes,
  type PageArguments,
  readPage,
  whereAfterKey,
} from '@civitas/platform/pagination';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { ApiKey } from '../generated/prisma/client.ts';
import { partnerAccountNotFound } from '../partners/service.ts';
import { presentedPassword, proveOwnPassword } from '../passwords/index.ts';
import { isScopeOfRoles } from '../policies/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { sessionsEnded } from '../sessions/index.ts';
import { hashApiKey, newApiKey } from './secret.ts';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const MAX_KEYS = 20;

export const myApiKeysList = cursorList('Query.myApiKeys', [
  cursorTypes.instant,
  cursorTypes.id('key'),
]);

/** The viewer's keys that can be used, newest first, plus one row that says whether there are more. */
export function listMyApiKeys(ctx: IdentityContext, args: PageArguments): Promise<ApiKey[]> {
  const viewer = requireUser(ctx);
  const { first, after } = readPage(myApiKeysList, args);
  return ctx.db.client.apiKey.findMany({
    where: {
      ...usable(viewer.id, ctx.now()),
      ...whereAfterKey(['createdAt', 'id'], after, 'newest first'),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: first + 1,
  });
}

const scope = z
  .string()
  .max(60)
  .regex(/^[a-z]+(?:-[a-z]+)*:[a-z]+(?:-[a-z]+)*$/, 'must be like `catalogue:read`.')
  .refine((given) => !isScopeOfRoles(given), 'must not be one of `platform`: roles have those.');

const createInput = z.object({
  name: text({ max: 80 }),
  scopes: z.array(scope).max(20, 'must be at most 20.'),
  expiresInDays: z.int().min(1, 'must be at least 1.').max(365, 'must be at most 365.'),
  password: presentedPassword,
  partnerAccountId: idOf('prt').nullish(),
});

/** A key and the only sight of it. */
export interface ShownApiKey {
  readonly apiKey: ApiKey;
  readonly secret: string;
}

/**
 * Makes a key that acts for the viewer within its scopes. Takes the password, so that an unattended
 * device cannot leave a key behind.
 *
 * @throws UserFailure `EmailNotVerified`, `TooManyApiKeys`, `PartnerAccountNotFound`, `InvalidCredentials`, `TooManyAttempts`,
 * `InvalidInput`.
 */
export async function createApiKey(ctx: IdentityContext, input: unknown): Promise<ShownApiKey> {
  const { id, sessionId } = requireUser(ctx);
  const { name, scopes, expiresInDays, password, partnerAccountId } = parseInput(
    createInput,
    input,
  );
  const account = await proveOwnPassword(ctx, id, password, ['input', 'password']);
  if (!account.emailVerifiedAt) {
    throw new UserFailure('EmailNotVerified', 'Confirm your e-mail address first.');
  }
  const userId = account.userId;
  const now = ctx.now();
  const { secret, row } = freshKey(now);
  const apiKey = await ctx.db.inTransaction(async (tx) => {
    // Keys of one person are made in turn, so that they cannot outrun the limit.
    await tx.$queryRaw`SELECT user_id FROM account WHERE user_id = ${userId} FOR UPDATE`;
    if ((await tx.apiKey.count({ where: usable(userId, now) })) >= MAX_KEYS) {
      throw new UserFailure('TooManyApiKeys', `There are ${MAX_KEYS} keys already.`);
    }
    if (partnerAccountId != null) await assertOwnAccount(tx, partnerAccountId, userId);
    await recordSecurityEvent(ctx, tx, {
      userId,
      type: 'API_KEY_CREATED',
      sessionId,
      subject: name,
    });
    const expiresAt = new Date(now.getTime() + expiresInDays * DAY_MS);
    return tx.apiKey.create({
      data: {
        ...row,
        ownerId: userId,
        name,
        scopes: [...new Set(scopes)],
        expiresAt,
        partnerAccountId: partnerAccountId ?? null,
      },
    });
  });
  return { apiKey, secret };
}

const rotateInput = z.object({
  apiKeyId: idOf('key'),
  overlapHours: z.int().min(0, 'must be at least 0.').max(168, 'must be at most 168.'),
  password: presentedPassword,
});

/**
 * Makes a key with the name, scopes and lifetime of another, which goes on working for the overlap
 * and can be rotated this once. What is open with the old one then ends with the overlap.
 *
 * @throws UserFailure `ApiKeyNotFound`, `InvalidCredentials`, `TooManyAttempts`, `InvalidInput`.
 */
export async function rotateApiKey(ctx: IdentityContext, input: unknown): Promise<ShownApiKey> {
  const { id: userId, sessionId } = requireUser(ctx);
  const { apiKeyId, overlapHours, password } = parseInput(rotateInput, input);
  await proveOwnPassword(ctx, userId, password, ['input', 'password']);
  const now = ctx.now();
  const { secret, row } = freshKey(now);
  const apiKey = await ctx.db.inTransaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM api_key WHERE id = ${apiKeyId} FOR UPDATE`;
    const old = await tx.apiKey.findFirst({
      where: { ...usable(userId, now), id: apiKeyId, replacedById: null },
    });
    if (!old) throw apiKeyNotFound();
    const { name, scopes, partnerAccountId } = old;
    const lifetimeMs = old.expiresAt.getTime() - old.createdAt.getTime();
    const expiresAt = new Date(now.getTime() + lifetimeMs);
    const made = await tx.apiKey.create({
      data: { ...row, ownerId: userId, name, scopes, expiresAt, partnerAccountId },
    });
    const overAt = now.getTime() + overlapHours * HOUR_MS;
    const endsAt = new Date(Math.min(old.expiresAt.getTime(), overAt));
    await tx.apiKey.update({
      where: { id: old.id },
      data: { replacedById: made.id, expiresAt: endsAt },
    });
    await appendEvents(tx, [sessionsEnded(userId, [old.id], now, endsAt)]);
    await recordSecurityEvent(ctx, tx, {
      userId,
      type: 'API_KEY_ROTATED',
      sessionId,
      subject: name,
    });
    return made;
  });
  return { apiKey, secret };
}

const revokeInput = z.object({ apiKeyId: idOf('key') });

/**
 * Ends a key of the viewer, and what is open with it, at once.
 *
 * @throws UserFailure `ApiKeyNotFound`, also for one of somebody else; `InvalidInput`.
 */
export async function revokeApiKey(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ apiKey: ApiKey }> {
  const { id: userId, sessionId } = requireUser(ctx);
  const { apiKeyId: id } = parseInput(revokeInput, input);
  const now = ctx.now();
  return ctx.db.inTransaction(async (tx) => {
    const { count } = await tx.apiKey.updateMany({
      where: { id, ownerId: userId, revokedAt: null },
      data: { revokedAt: now },
    });
    if (count === 0) throw apiKeyNotFound();
    await appendEvents(tx, [sessionsEnded(userId, [id], now)]);
    const apiKey = await tx.apiKey.findUniqueOrThrow({ where: { id } });
    const subject = apiKey.name;
    await recordSecurityEvent(ctx, tx, { userId, type: 'API_KEY_REVOKED', sessionId, subject });
    return { apiKey };
  });
}

async function assertOwnAccount(
  tx: IdentityTransaction,
  id: string,
  ownerId: string,
): Promise<void> {
  if (await tx.partnerAccount.findUnique({ where: { id, ownerId } })) return;
  throw partnerAccountNotFound(['input', 'partnerAccountId']);
}

function usable(ownerId: string, now: Date) {
  return { ownerId, revokedAt: null, expiresAt: { gt: now } };
}

function freshKey(now: Date) {
  const secret = newApiKey();
  const hash = hashApiKey(secret);
  if (!hash) throw new Error('A new API key does not have the form of one.');
  return { secret, row: { id: newId('key'), hash, createdAt: now } };
}

function apiKeyNotFound(): UserFailure {
  return new UserFailure('ApiKeyNotFound', 'You have no such key.', ['input', 'apiKeyId']);
}

import { isUniqueViolation } from '@civitas/platform/database';
import { UserFailure } from '@civitas/platform/errors';
import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import type { UserKind, VerificationRequest } from '../generated/prisma/client.ts';
import { lockUser } from '../people/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';

/** The kinds that state something which others rely on. */
const VERIFIABLE: readonly UserKind[] = ['MERCHANT', 'OFFICER', 'FAMILY'];

const requestInput = z.object({ evidence: text({ max: 4000, multiline: true }) });

/**
 * Asks that the viewer's profile be verified as it stands now. One request at a time.
 *
 * @throws UserFailure `NothingToVerify`, `AlreadyVerified`, `VerificationPending`, `InvalidInput`.
 */
export async function requestVerification(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ request: VerificationRequest }> {
  const { id: userId, sessionId } = requireUser(ctx);
  const { evidence } = parseInput(requestInput, input);
  try {
    const request = await ctx.db.inTransaction(async (tx) => {
      const user = await lockUser(tx, userId);
      if (!VERIFIABLE.includes(user.kind)) {
        throw new UserFailure('NothingToVerify', 'This kind of profile has nothing to verify.');
      }
      if (user.verified) throw new UserFailure('AlreadyVerified', 'The profile is verified.');
      const made = await tx.verificationRequest.create({
        data: {
          id: newId('vrq'),
          userId,
          userKind: user.kind,
          evidence,
          requestedAt: ctx.now(),
        },
      });
      await recordSecurityEvent(ctx, tx, { userId, type: 'VERIFICATION_REQUESTED', sessionId });
      return made;
    });
    return { request };
  } catch (error) {
    if (!isUniqueViolation(error, 'raw_verification_request_pending')) throw error;
    throw new UserFailure('VerificationPending', 'A request is waiting for its decision.');
  }
}

import { createHash, randomBytes } from 'node:crypto';
import type { IdentityDatabase } from '../context.ts';
import { wellKnownSoftwareOf } from '../devices/index.ts';
import type { OneTimeTokenPurpose, PendingMail } from '../generated/prisma/client.ts';
import { issueToken } from './one-time-token.ts';

export interface Letter {
  readonly subject: string;
  readonly text: string;
}

type Template = (
  db: IdentityDatabase,
  mail: PendingMail,
  now: Date,
) => Promise<Letter | null> | Letter | null;

const NOT_YOU = 'If this was not you, reset your password at once and end all sessions.';

/**
 * What each mail says, made at the moment it is sent: so a token is never stored, and lives from
 * the moment somebody can use it. Null when there is nothing to send any more.
 */
export const templates = {
  'confirm-registration': async (db, mail) => {
    const owner = await db.client.account.findUnique({ where: { email: mail.recipient } });
    if (owner) {
      return {
        subject: 'You have an account already',
        text: 'Somebody, perhaps you, asked to register with this address. Sign in instead, or reset the password.',
      };
    }
    const code = randomBytes(32).toString('base64url');
    const codeHash = new Uint8Array(createHash('sha256').update(code).digest());
    const { count } = await db.client.pendingRegistration.updateMany({
      where: { id: mail.reference ?? '' },
      data: { codeHash },
    });
    if (count === 0) return null;
    return {
      subject: 'Finish your registration',
      text: `Welcome to Civitas. Give the code below where you registered, within 24 hours. If that was not you, do nothing.\n\n    ${code}\n`,
    };
  },
  'verify-email': async (db, mail, now) => {
    const account = await db.client.account.findUnique({ where: { userId: mail.userId ?? '' } });
    if (account?.email !== mail.recipient || account.emailVerifiedAt) return null;
    return withToken(db, 'VERIFY_EMAIL', mail, now, {
      subject: 'Confirm your e-mail address',
      text: 'Welcome to Civitas. Confirm this address with the code below, within 24 hours.',
    });
  },
  'confirm-email-change': async (db, mail, now) => {
    const owner = await db.client.account.findUnique({ where: { email: mail.recipient } });
    if (owner) {
      return {
        subject: 'Your address belongs to an account already',
        text: 'Somebody asked to move another account to this address. Nothing was changed.',
      };
    }
    return withToken(db, 'CHANGE_EMAIL', mail, now, {
      subject: 'Confirm your new e-mail address',
      text: 'Confirm that your account moves to this address with the code below, within 24 hours.',
    });
  },
  'email-change-requested': () => ({
    subject: 'Your e-mail address is about to change',
    text: `Somebody asked to move your account to another address. ${NOT_YOU}`,
  }),
  'email-changed': () => ({
    subject: 'Your e-mail address has changed',
    text: `Your account has moved to another address and no longer belongs to this one. If this was not you, contact support.`,
  }),
  'reset-password': async (db, mail, now) => {
    const account = await db.client.account.findUnique({ where: { email: mail.recipient } });
    if (!account) return null;
    return withToken(db, 'RESET_PASSWORD', { ...mail, userId: account.userId }, now, {
      subject: 'Reset your password',
      text: 'Set a new password with the code below, within 30 minutes. If you did not ask for this, do nothing.',
    });
  },
  'password-changed': () => ({
    subject: 'Your password has changed',
    text: `The password of your account was changed and all other sessions have ended. ${NOT_YOU}`,
  }),
  'mfa-enabled': () => ({
    subject: 'Signing in now takes a second step',
    text: `An authenticator app was added to your account. ${NOT_YOU}`,
  }),
  'mfa-disabled': () => ({
    subject: 'Signing in no longer takes a second step',
    text: `The authenticator app was removed from your account. ${NOT_YOU}`,
  }),
  'passkey-added': () => ({
    subject: 'A passkey was added to your account',
    text: `From now on it can sign in to your account. ${NOT_YOU}`,
  }),
  'passkey-removed': () => ({
    subject: 'A passkey was removed from your account',
    text: `It does not sign in any more. ${NOT_YOU}`,
  }),
  'passkey-cloned': () => ({
    subject: 'A passkey of yours was refused',
    text: 'Its counter went back, which happens when there is a copy of it. Remove it and add another one.',
  }),
  'sign-in-linked': () => ({
    subject: 'Another way to sign in was added to your account',
    text: `An account with another provider now opens yours. ${NOT_YOU}`,
  }),
  'sign-in-unlinked': () => ({
    subject: 'A way to sign in was removed from your account',
    text: `An account with another provider does not open yours any more. ${NOT_YOU}`,
  }),
  'password-breached': () => ({
    subject: 'Your password was published',
    text: 'Your password is in a list of passwords that were published after a break-in elsewhere. Choose another one now.',
  }),
  'new-device': async (db, mail) => {
    const session = await db.client.session.findUnique({ where: { id: mail.reference ?? '' } });
    if (!session) return null;
    const { createdAt, network, userAgent } = session;
    const what = wellKnownSoftwareOf(userAgent) ?? 'a program we do not know';
    const from = network === null ? '' : ` from the network ${network}`;
    const at = createdAt.toISOString().slice(0, 16).replace('T', ' at ');
    return {
      subject: 'Your account was opened on a new device',
      text: `On ${at} (UTC) somebody signed in to your account with ${what}${from}. That was you? Then do nothing. ${NOT_YOU}`,
    };
  },
  'recovery-code-used': () => ({
    subject: 'A recovery code was used',
    text: `Somebody signed in to your account with one of your recovery codes. ${NOT_YOU}`,
  }),
} satisfies Record<string, Template>;

export type TemplateName = keyof typeof templates;

async function withToken(
  db: IdentityDatabase,
  purpose: OneTimeTokenPurpose,
  { userId, recipient }: PendingMail,
  now: Date,
  { subject, text }: Letter,
): Promise<Letter | null> {
  if (userId === null) return null;
  const token = await issueToken(db.client, { userId, purpose, email: recipient }, now);
  return { subject, text: `${text}\n\n    ${token}\n` };
}

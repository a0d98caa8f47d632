import type { Logger } from '@civitas/platform/telemetry';
import { createFileMailer } from './file-mailer.ts';
import type { Mailer } from './mailer.ts';
import { createSmtpMailer } from './smtp-mailer.ts';

interface MailOptions {
  /** A mail server; goes before the directory. */
  readonly smtpUrl?: string | undefined;
  readonly from?: string | undefined;
  /** Where mail is written as files instead. */
  readonly directory?: string | undefined;
  readonly log: Logger;
}

const DEFAULT_SENDER = 'Civitas <no-reply@civitas.local>';

/**
 * The mailer that the options name. With neither server nor directory every attempt fails, so mail
 * waits in the database until one is configured.
 */
export function connectMailer({
  smtpUrl,
  from = DEFAULT_SENDER,
  directory,
  log,
}: MailOptions): Mailer {
  if (smtpUrl !== undefined) return createSmtpMailer({ url: smtpUrl, from });
  if (directory !== undefined) return createFileMailer({ directory, log });
  return {
    send: () => Promise.reject(new Error('No mail server is configured (SMTP_URL).')),
    close: async () => undefined,
  };
}

import { createTransport } from 'nodemailer';
import type { Mailer } from './mailer.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const SILENCE_TIMEOUT_MS = 30_000;

/**
 * Sends by SMTP over a few kept connections.
 *
 * @param url `smtp://user:password@host:587` (STARTTLS where offered) or `smtps://…` (TLS).
 * @param from the sender, e.g. `Civitas <no-reply@civitas.example>`.
 */
export function createSmtpMailer({
  url,
  from,
}: {
  readonly url: string;
  readonly from: string;
}): Mailer {
  const transport = createTransport({
    url,
    pool: true,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
  });
  const domain = /@([\w.-]+)/.exec(from)?.[1] ?? 'civitas.local';
  return {
    send: async ({ id, to, subject, text }) => {
      // An object, so that nothing in the address can be read as a list of recipients.
      const recipient = { name: '', address: to };
      await transport.sendMail({
        from,
        to: recipient,
        subject,
        text,
        messageId: `<${id}@${domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
    },
    close: async () => transport.close(),
  };
}

export { connectMailer } from './connect-mailer.ts';
export { createMailWorker, type MailWorker } from './mail-worker.ts';
export type { Mail, Mailer } from './mailer.ts';
export { findToken, takeToken } from './one-time-token.ts';
export { queueMail } from './queue-mail.ts';

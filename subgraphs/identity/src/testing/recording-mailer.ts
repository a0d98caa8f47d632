import type { Mail, Mailer } from '../mail/index.ts';

/** A mailer that keeps what it is given, and lets tests wait for it. */
export interface RecordingMailer extends Mailer {
  readonly sent: readonly Mail[];
  /** The next mail to this address that nobody has taken yet; waits until it comes. */
  take(to: string, subject: RegExp): Promise<Mail>;
  /** How many of the next attempts fail. */
  failNext(times: number): void;
}

const TOKEN = /^ {4}(\S+)$/m;

export function hasToken({ text }: Mail): boolean {
  return TOKEN.test(text);
}

/** The token in a mail: it stands on a line of its own. */
export function tokenIn({ text }: Mail): string {
  const token = TOKEN.exec(text)?.[1];
  if (token === undefined) throw new Error(`No token in: ${text}`);
  return token;
}

export function recordingMailer(): RecordingMailer {
  const sent: Mail[] = [];
  const taken = new Set<Mail>();
  let failures = 0;
  let news = Promise.withResolvers<void>();
  return {
    sent,
    failNext: (times) => {
      failures = times;
    },
    send: async (mail) => {
      if (failures > 0) {
        failures -= 1;
        throw new Error('The mail server is away.');
      }
      sent.push(mail);
      news.resolve();
      news = Promise.withResolvers();
    },
    take: async (to, subject) => {
      for (;;) {
        const arrival = news.promise;
        const mail = sent.find(
          (each) => each.to === to && subject.test(each.subject) && !taken.has(each),
        );
        if (mail) {
          taken.add(mail);
          return mail;
        }
        await arrival;
      }
    },
    close: async () => undefined,
  };
}

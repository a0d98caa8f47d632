/** One message to one person, in plain text. */
export interface Mail {
  /** The same for a repeated attempt, so that a mail system can tell. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Hands mail to whatever delivers it. */
export interface Mailer {
  /** Rejects when the mail was not taken; it is tried again later. */
  send(mail: Mail): Promise<void>;
  close(): Promise<void>;
}

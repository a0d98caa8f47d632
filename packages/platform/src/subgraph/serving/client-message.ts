import { type Message, parseMessage } from 'graphql-ws';
import type { RawData } from 'ws';

/** A message of graphql-transport-ws as it came over a connection. */
interface ClientMessage {
  /** As it was read. */
  readonly text: string;
  /** Undefined for what is no message of the protocol. */
  readonly message: Message | undefined;
}

/** @param data one buffer, as `ws` gives it when not told otherwise. */
export function clientMessage(data: RawData): ClientMessage {
  const text = (data as Buffer).toString('utf8');
  try {
    return { text, message: parseMessage(text) };
  } catch {
    return { text, message: undefined };
  }
}

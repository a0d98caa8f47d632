/** The ways in which a client can take more than one answer to a request. */
export interface AcceptedStreams {
  /** Server-sent events, as `graphql-sse` has them. */
  readonly events: boolean;
  /** Subscriptions as Apollo Client reads them from multipart answers, `subscriptionSpec=1.0`. */
  readonly multipart: boolean;
  /** Deferred fragments in multipart answers, `deferSpec=20220824`. */
  readonly increments: boolean;
}

const MENTIONS_ONE = /multipart\/mixed|text\/event-stream/i;

/** Reads an `Accept` header; undefined when it asks for none of them, as nearly all do. */
export function acceptedStreams(accept: string | undefined): AcceptedStreams | undefined {
  if (accept === undefined || !MENTIONS_ONE.test(accept)) return undefined;
  const accepted = { events: false, multipart: false, increments: false };
  for (const range of accept.toLowerCase().split(',')) {
    const [type, ...rest] = range.split(';').map((part) => part.trim());
    const parameters = new Map(rest.map(parameter));
    if (Number(parameters.get('q') ?? 1) === 0) continue;
    if (type === 'text/event-stream') accepted.events = true;
    if (type !== 'multipart/mixed') continue;
    if (parameters.get('subscriptionspec') === '1.0') accepted.multipart = true;
    if (parameters.get('deferspec') === '20220824') accepted.increments = true;
  }
  return accepted.events || accepted.multipart || accepted.increments ? accepted : undefined;
}

function parameter(text: string): readonly [string, string] {
  const [name = '', value = ''] = text.split('=', 2);
  return [name.trim(), value.trim().replaceAll('"', '')];
}

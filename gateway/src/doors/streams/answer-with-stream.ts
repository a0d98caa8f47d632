import type { IncomingMessage, ServerResponse } from 'node:http';
import { CivitasError } from '@civitas/platform/errors';
import { createPushIterator } from '@civitas/platform/subgraph';
import { OperationTypeNode } from 'graphql';
import { presentOwnError } from '../../pipeline/present-error.ts';
import type {
  DeferredResponse,
  OperationRequest,
  OperationResponse,
  SubscriptionResponse,
} from '../../pipeline/types.ts';
import { atAccessEnd } from '../access-end.ts';
import type { DoorOptions } from '../door.ts';
import type { Reply } from '../reply.ts';
import type { AcceptedStreams } from './accepted-streams.ts';
import type { OpenStreams } from './open-streams.ts';
import {
  eventStream,
  multipartIncrements,
  multipartSubscription,
  type StreamForm,
} from './stream-forms.ts';
import type { StreamDoorName, StreamLimit } from './stream-limit.ts';
import { type WrittenStream, writeStream } from './write-stream.ts';

interface StreamDoor extends Pick<DoorOptions, 'open' | 'log' | 'accessChanges' | 'streamLimit'> {
  readonly streams: OpenStreams;
}

type Answer = OperationResponse | SubscriptionResponse | DeferredResponse;

/**
 * Answers a client that can take several results: a subscription or deferred fragments in the form
 * it accepts. Everything else is one result, left to the caller, unless the client reads nothing but
 * events.
 */
export async function answerWithStream(
  request: OperationRequest,
  { method }: Pick<IncomingMessage, 'method'>,
  accepted: AcceptedStreams & { readonly single: boolean },
  door: StreamDoor,
): Promise<Reply | OperationResponse> {
  const { QUERY, MUTATION, SUBSCRIPTION } = OperationTypeNode;
  const carriesMany = accepted.events || accepted.multipart;
  const answer = await door.open({
    ...request,
    kinds: [QUERY, ...(method === 'GET' ? [] : [MUTATION]), ...(carriesMany ? [SUBSCRIPTION] : [])],
    incremental: accepted.increments,
  });
  if (!('result' in answer)) refuseTooMany(answer, request, door.streamLimit);
  if ('increments' in answer) {
    return streamed(answer.increments, multipartIncrements, answer, door, () => [
      counted('multipart', answer, request, door),
    ]);
  }
  if ('results' in answer) {
    const form = accepted.multipart ? multipartSubscription : eventStream;
    const name = accepted.multipart ? 'multipart' : 'events';
    const { viewer, endsAt } = answer;
    const { authorization } = request;
    const reply = streamed(answer.results, form, answer, door, (end) => [
      atAccessEnd({ viewer, authorization, endsAt }, door.accessChanges, (message) =>
        end(new CivitasError('UNAUTHENTICATED', { message: `${message}.` })),
      ),
      door.streams.add(() => end(restarting())),
      counted(name, answer, request, door),
    ]);
    // Ends with the stream, so that a draining server does not wait for what would come next on it.
    return { ...reply, headers: { ...reply.headers, connection: 'close' } };
  }
  if (accepted.single || !accepted.events) return answer;
  return streamed(only(answer.result), eventStream, answer, door);
}

/** @param watch what ends the stream from outside; the results call each of it off. */
function streamed(
  results: Parameters<typeof writeStream>[1],
  form: StreamForm,
  { requestId }: Answer,
  { log }: StreamDoor,
  watch: (end: (error: CivitasError) => void) => readonly (() => void)[] = () => [],
): Reply {
  const present = (error: unknown) => presentOwnError(error, { requestId, log });
  const stream = (response: ServerResponse) => {
    let written: WrittenStream | undefined;
    const forget = watch((error) => written?.end([present(error)]));
    const onClose = () => {
      for (const each of forget) each();
    };
    written = writeStream(response, results, { form, present, onClose });
  };
  const headers = {
    'content-type': form.contentType,
    // Proxies of the nginx kind keep answers back until they are whole, unless they are told.
    'x-accel-buffering': 'no',
  };
  return { status: 200, headers, stream };
}

/** Until the answer is there nobody knows whether it is a stream, and whose. */
function refuseTooMany(
  answer: SubscriptionResponse | DeferredResponse,
  { clientAddress }: OperationRequest,
  limit: StreamLimit,
): void {
  const refusal = limit.refusal(clientAddress) ?? limit.callerRefusal(answer.holder);
  if (!refusal) return;
  const unread = 'results' in answer ? answer.results : answer.increments;
  void unread.return?.();
  throw refusal;
}

/** @returns what is called when the stream is over. */
function counted(
  name: StreamDoorName,
  { holder }: SubscriptionResponse | DeferredResponse,
  { clientAddress }: OperationRequest,
  { streamLimit }: StreamDoor,
): () => void {
  streamLimit.enter(name, clientAddress);
  streamLimit.claim(holder);
  return () => streamLimit.leave(name, clientAddress, holder);
}

const restarting = () =>
  new CivitasError('SERVICE_UNAVAILABLE', { message: 'The server restarts. Subscribe again.' });

function only<T>(value: T): AsyncIterableIterator<T> {
  const results = createPushIterator<T>();
  results.push(value);
  results.end();
  return results;
}

import type { Duplex } from 'node:stream';
import { type GraphQLFormattedError, getOperationAST, OperationTypeNode } from 'graphql';
import {
  CloseCode,
  GRAPHQL_TRANSPORT_WS_PROTOCOL,
  MessageType,
  type SubscribeMessage,
} from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';
import { CivitasError } from '../../errors/index.ts';
import { codedError } from '../execution/coded-error.ts';
import { executeOnSubgraph } from '../execution/execute-on-subgraph.ts';
import { documentOf } from '../execution/subgraph-documents.ts';
import { isStream, subscribeOnSubgraph } from '../execution/subscribe-on-subgraph.ts';
import type { RequestOrigin, Subgraph, SubgraphRequest } from '../types.ts';
import { boundUntilAdmitted } from './bound-until-admitted.ts';
import { clientMessage } from './client-message.ts';
import { measureRequest } from './request-duration.ts';
import { SocketOutbox } from './socket-outbox.ts';

/** What is served on a socket, and to whom. */
export interface SocketService {
  readonly subgraph: Subgraph;
  /** Who is at the other end of a connection that begins. */
  callers(): SocketCallers;
}

/** Who may use one connection. */
export interface SocketCallers {
  /**
   * Lets a connection with these parameters in.
   *
   * @returns what its acknowledgement says; undefined for who stays outside. Never rejects.
   */
  admit(
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>> | undefined>;
  /**
   * Who asks for an operation; throws a CivitasError to refuse it. Asked in the order of the messages.
   *
   * @param text the message as it was read.
   */
  originOf(message: SubscribeMessage, text: string): Omit<RequestOrigin, 'signal'>;
}

/**
 * The parameter by which a peer says that it understands two messages of ours: `next` with `ids` in the
 * place of `id`, one result of many streams, and `answer`, a `next` that is followed by nothing.
 */
export const TOGETHER = 'together';

const INITIALISATION_TIMEOUT_MS = 3_000;
/** A token with its claims, several times over. */
const MAX_BYTES_BEFORE = 16 * 1024;
/** Above this a stream's next event waits until the peer has read. */
const MAX_UNSENT_BYTES = 64 * 1024;
const DRAIN_MS = 10_000;

/** The server's side of one connection, with the messages and codes of `graphql-ws`. */
export class OperationSocket {
  readonly #socket: WebSocket;
  readonly #subgraph: Subgraph;
  readonly #callers: SocketCallers;
  readonly #outbox: SocketOutbox;
  readonly #operations = new Map<string, AbortController>();
  readonly #answering = new Set<Promise<void>>();
  readonly #initialising: NodeJS.Timeout;
  readonly #liftBound: () => void;
  #hasBegun = false;
  #isAcknowledged = false;
  #isDraining = false;

  constructor(socket: WebSocket, stream: Duplex, service: SocketService) {
    this.#socket = socket;
    this.#subgraph = service.subgraph;
    this.#callers = service.callers();
    this.#outbox = new SocketOutbox(socket, stream);
    this.#liftBound = boundUntilAdmitted(stream, MAX_BYTES_BEFORE);
    this.#initialising = setTimeout(() => {
      socket.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
    }, INITIALISATION_TIMEOUT_MS);
    // `ws` closes by itself with the code of the fault.
    socket.on('error', () => undefined);
    socket.on('close', () => this.#leave());
    socket.on('message', (data) => this.#receive(data));
    if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) {
      socket.close(CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable');
    }
  }

  /** Takes nothing new, answers what it has begun, then closes. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    const deadline = new Promise((resolve) => setTimeout(resolve, DRAIN_MS).unref());
    await Promise.race([Promise.allSettled(this.#answering), deadline]);
    await this.#outbox.sent();
    this.#socket.close(1001, 'Going away');
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #leave(): void {
    clearTimeout(this.#initialising);
    for (const left of this.#operations.values()) left.abort();
    this.#operations.clear();
  }

  #receive(data: RawData): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const { text, message } = clientMessage(data);
    switch (message?.type) {
      case MessageType.ConnectionInit:
        void this.#begin(message.payload ?? {});
        break;
      case MessageType.Subscribe:
        this.#start(message, text);
        break;
      case MessageType.Complete:
        this.#operations.get(message.id)?.abort();
        this.#operations.delete(message.id);
        break;
      case MessageType.Ping:
        this.#outbox.message({ type: 'pong', payload: message.payload });
        break;
      case MessageType.Pong:
        break;
      // And what only servers say.
      default:
        this.#socket.close(CloseCode.BadRequest, 'Invalid message received');
    }
  }

  async #begin(parameters: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.#hasBegun) {
      this.#socket.close(
        CloseCode.TooManyInitialisationRequests,
        'Too many initialisation requests',
      );
      return;
    }
    this.#hasBegun = true;
    clearTimeout(this.#initialising);
    const admitted = await this.#callers.admit(parameters);
    if (!admitted) {
      this.#socket.close(CloseCode.Forbidden, 'Forbidden');
      return;
    }
    this.#isAcknowledged = true;
    this.#liftBound();
    this.#outbox.isTogether = parameters[TOGETHER] === true;
    const together = this.#outbox.isTogether ? { [TOGETHER]: true } : undefined;
    this.#outbox.message({ type: 'connection_ack', payload: { ...admitted, ...together } });
  }

  #start(message: SubscribeMessage, text: string): void {
    const { id } = message;
    if (!this.#isAcknowledged) {
      this.#socket.close(CloseCode.Unauthorized, 'Unauthorized');
      return;
    }
    if (this.#operations.has(id)) {
      this.#socket.close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${id} already exists`);
      return;
    }
    const left = new AbortController();
    this.#operations.set(id, left);
    void this.#run(message, text, left);
  }

  async #run(message: SubscribeMessage, text: string, left: AbortController): Promise<void> {
    const { id, payload } = message;
    const request: SubgraphRequest = {
      query: payload.query,
      operationName: payload.operationName ?? undefined,
      variables: payload.variables ?? undefined,
    };
    try {
      if (this.#isDraining) throw new CivitasError('SUBGRAPH_UNAVAILABLE');
      const origin = { ...this.#callers.originOf(message, text), signal: left.signal };
      if (isSubscription(this.#subgraph, request)) await this.#stream(id, request, origin);
      else await this.#answer(id, request, origin);
    } catch (error) {
      if (!left.signal.aborted) this.#outbox.error(id, [refusalOf(error)]);
    } finally {
      if (this.#operations.get(id) === left) this.#operations.delete(id);
    }
  }

  async #answer(id: string, request: SubgraphRequest, origin: RequestOrigin): Promise<void> {
    const subgraph = this.#subgraph;
    const measured = measureRequest(subgraph.name);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#answering.add(promise);
    try {
      const result = await executeOnSubgraph(subgraph, request, origin);
      measured(result.errors ? 'errors' : 'ok');
      if (!origin.signal.aborted) this.#outbox.answer(id, result);
    } finally {
      resolve();
      this.#answering.delete(promise);
    }
  }

  async #stream(id: string, request: SubgraphRequest, origin: RequestOrigin): Promise<void> {
    const { signal } = origin;
    const answer = await subscribeOnSubgraph(this.#subgraph, request, origin);
    if (!isStream(answer)) {
      if (!signal.aborted) this.#outbox.answer(id, answer);
      return;
    }
    for (;;) {
      const event = await answer.next();
      if (signal.aborted) return;
      if (event.done) break;
      this.#outbox.next(id, event.value);
      if (this.#outbox.unsentBytes > MAX_UNSENT_BYTES) await this.#outbox.sent();
    }
    this.#outbox.complete(id);
  }
}

/** What is wrong with a document is said by who executes it. */
function isSubscription(subgraph: Subgraph, { query, operationName }: SubgraphRequest): boolean {
  const document = documentOf(subgraph, query);
  if (!('kind' in document)) return false;
  return getOperationAST(document, operationName)?.operation === OperationTypeNode.SUBSCRIPTION;
}

function refusalOf(error: unknown): GraphQLFormattedError {
  const known = codedError(error);
  return { message: known.message, extensions: known.extensions };
}

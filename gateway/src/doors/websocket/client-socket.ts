import type { Socket } from 'node:net';
import { CivitasError } from '@civitas/platform/errors';
import { boundUntilAdmitted, clientMessage, textFrame } from '@civitas/platform/subgraph';
import { type Logger, logSparingly } from '@civitas/platform/telemetry';
import { CloseCode, MessageType, type SubscribePayload } from 'graphql-ws';
import { type RawData, WebSocket } from 'ws';
import { holderOf } from '../../access/identify.ts';
import { requestIdFrom } from '../../telemetry/request-id.ts';
import { atAccessEnd } from '../access-end.ts';
import type { DoorOptions } from '../door.ts';
import { SocketOperation } from './socket-operation.ts';

/** What all sockets of a door share. */
export interface SocketDoor
  extends Pick<
    DoorOptions,
    'open' | 'identify' | 'accessChanges' | 'log' | 'timeouts' | 'streamLimit'
  > {
  /** Whether new operations are refused. */
  isDraining(): boolean;
  /** Operations that are being answered; subscriptions that run are not among them. */
  readonly answering: Set<Promise<void>>;
}

/** Of RFC 6455; the protocol's own are `CloseCode`. */
const TRY_AGAIN_LATER = 1013;
/** For more than one reason: the protocol has one code for all that is too much. */
const TOO_MANY = CloseCode.TooManyInitialisationRequests;
const SUBPROTOCOL = 'graphql-transport-ws';
const MAX_OPERATIONS = 100;
/** Answers that wait in a socket for a client that goes on asking without reading them. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;
/** As the headers of a request: what comes before the acknowledgement says who is there. */
const MAX_BYTES_BEFORE = 16 * 1024;
/** Of the shortest ping or pong of a client: two bytes, and four that mask it. */
const CONTROL_FRAME_BYTES = 6;
/** A message that is still not whole after so many of the heart's intervals is none. */
const MAX_UNFINISHED_BEATS = 2;

/**
 * One client on a WebSocket: the server's side of the graphql-transport-ws protocol, with the messages
 * and codes of `graphql-ws`. It is the socket itself and its listeners are shared, because ten thousand
 * of them wait most of the time: `graphql-ws` keeps 26 closures for each.
 */
export class ClientSocket extends WebSocket {
  #door!: SocketDoor;
  #stream!: Socket;
  #clientAddress: string | undefined;
  #holder: string | undefined;
  #fromCookies: string | undefined;
  #authorization: string | undefined;
  #clientName: string | undefined;
  #initialising: NodeJS.Timeout | undefined;
  #hasBegun = false;
  #isAcknowledged = false;
  #hasAnswered = true;
  /** What has been read of the stream that belongs to whole messages. */
  #wholeBytes = 0;
  #unfinishedBeats = 0;
  #liftBound: (() => void) | undefined;
  #forgetAccess: (() => void) | undefined;
  readonly #operations = new Map<string, SocketOperation>();

  /**
   * Begins to listen; called once, when the socket is open.
   *
   * @param stream what the socket stands on.
   * @param fromCookies the `Authorization` that the cookies of the handshake stand for.
   */
  serve(
    door: SocketDoor,
    stream: Socket,
    clientAddress: string | undefined,
    fromCookies: string | undefined,
  ): void {
    this.#door = door;
    this.#stream = stream;
    this.#clientAddress = clientAddress;
    this.#fromCookies = fromCookies;
    this.on('error', onError);
    this.on('close', onClose);
    if (this.protocol !== SUBPROTOCOL) {
      this.close(CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable');
      return;
    }
    this.#liftBound = boundUntilAdmitted(stream, MAX_BYTES_BEFORE);
    this.#wholeBytes = stream.bytesRead;
    this.on('pong', onPong);
    this.on('ping', onPing);
    this.on('message', onMessage);
    this.#initialising = setTimeout(onSilence, door.timeouts.initialisationMs, this);
  }

  /**
   * Asks the client whether it is there; cuts one that has not answered the last time, and one that has been
   * sending the same message ever since the time before: it answers between the fragments, and fills memory.
   */
  beat(): void {
    const isUnfinished = this.#stream.bytesRead > this.#wholeBytes;
    this.#unfinishedBeats = isUnfinished ? this.#unfinishedBeats + 1 : 0;
    if (this.#hasAnswered && this.#unfinishedBeats <= MAX_UNFINISHED_BEATS) this.ping();
    else this.terminate();
    this.#hasAnswered = false;
  }

  /** A frame between messages has come. */
  heard(payload: Buffer): void {
    this.#wholeBytes += CONTROL_FRAME_BYTES + payload.length;
  }

  answered(): void {
    this.#hasAnswered = true;
  }

  get clientAddress(): string | undefined {
    return this.#clientAddress;
  }

  /** Whose it is counted as, once it was admitted. */
  get holder(): string | undefined {
    return this.#holder;
  }

  get log(): Logger {
    return this.#door.log;
  }

  /** One message of the client. */
  receive(data: RawData): void {
    this.#wholeBytes = this.#stream.bytesRead;
    this.#unfinishedBeats = 0;
    if (this.readyState !== this.OPEN || this.isDeaf()) return;
    const { message } = clientMessage(data);
    switch (message?.type) {
      case MessageType.ConnectionInit:
        this.#begin(message.payload);
        break;
      case MessageType.Subscribe:
        this.#start(message.id, message.payload);
        break;
      case MessageType.Complete:
        this.#operations.get(message.id)?.leave();
        break;
      case MessageType.Ping:
        this.send(JSON.stringify({ type: 'pong', payload: message.payload }));
        break;
      case MessageType.Pong:
        break;
      // And what only servers say.
      default:
        this.close(CloseCode.BadRequest, 'Invalid message received');
    }
  }

  /** True when somebody only talks: the answers would fill memory. */
  isDeaf(): boolean {
    if (this.bufferedAmount <= MAX_UNREAD_BYTES) return false;
    this.terminate();
    return true;
  }

  closeSlow(): void {
    this.close(TRY_AGAIN_LATER, 'Read too slowly');
  }

  closeSilent(): void {
    this.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
  }

  /**
   * Sends a message as `send` does, in one piece.
   *
   * @param onSent is called when it has been taken, and when it never will be.
   */
  write(text: string, onSent: () => void): void {
    if (this.readyState === this.OPEN) this.#stream.write(textFrame(text), onSent);
    else onSent();
  }

  /** Sends two messages in one call of the system. */
  writeBoth(one: string, other: string): void {
    if (this.readyState !== this.OPEN) return;
    this.#stream.write(Buffer.concat([textFrame(one), textFrame(other)]), ignore);
  }

  /** The operation is over; its id is free. */
  forget(id: string): void {
    this.#operations.delete(id);
  }

  /** Nobody is there any more: whatever runs is left. */
  leave(): void {
    clearTimeout(this.#initialising);
    this.#forgetAccess?.();
    for (const operation of [...this.#operations.values()]) operation.leave();
  }

  #begin(parameters: Readonly<Record<string, unknown>> | undefined): void {
    if (this.#hasBegun) {
      this.close(TOO_MANY, 'Too many initialisation requests');
      return;
    }
    this.#hasBegun = true;
    clearTimeout(this.#initialising);
    this.#initialising = undefined;
    const given = parameters?.['authorization'] ?? parameters?.['Authorization'];
    const name = parameters?.['clientName'];
    this.#authorization = typeof given === 'string' ? given : this.#fromCookies;
    this.#clientName = typeof name === 'string' ? name : undefined;
    this.#admit().catch((error: unknown) => this.#refuse(error));
  }

  async #admit(): Promise<void> {
    const { identify, accessChanges, streamLimit } = this.#door;
    const authorization = this.#authorization;
    const caller = await identify(authorization, this.#clientAddress);
    if (this.readyState !== this.OPEN) return;
    const { viewer, key } = caller;
    const holder = holderOf(caller);
    if (streamLimit.callerRefusal(holder)) {
      this.close(TRY_AGAIN_LATER, 'Too many streams of this account are open');
      return;
    }
    streamLimit.claim(holder);
    this.#holder = holder;
    if (authorization !== undefined) {
      const admitted = { viewer, authorization, endsAt: key?.expiresAt };
      this.#forgetAccess = atAccessEnd(admitted, accessChanges, (reason) =>
        this.close(CloseCode.Forbidden, reason),
      );
    }
    this.#isAcknowledged = true;
    this.#liftBound?.();
    this.#liftBound = undefined;
    this.send('{"type":"connection_ack"}');
  }

  /** A client comes back only for what may be different later. */
  #refuse(error: unknown): void {
    const code = error instanceof CivitasError ? error.code : undefined;
    if (code === undefined)
      logSparingly(this.log, 'error', 'socket not admitted', {}, { err: error });
    // A cookie is as old as the page's last renewal, which is to do it again; clients give up at 4401.
    const isRenewable =
      this.#fromCookies !== undefined && this.#authorization === this.#fromCookies;
    if (code === 'UNAUTHENTICATED' && isRenewable) {
      this.close(CloseCode.Forbidden, 'The access token has expired');
    } else if (code === 'UNAUTHENTICATED') this.close(CloseCode.Unauthorized, 'Unauthorized');
    else if (code === 'RATE_LIMITED') this.close(TOO_MANY, 'Too many requests');
    else this.close(TRY_AGAIN_LATER, 'Try again later');
  }

  #start(id: string, payload: SubscribePayload): void {
    if (!this.#isAcknowledged) {
      this.close(CloseCode.Unauthorized, 'Unauthorized');
      return;
    }
    if (this.#operations.has(id)) {
      this.close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${id} already exists`);
      return;
    }
    const operation = new SocketOperation(this, id);
    const refused = this.#refusal();
    if (refused) {
      operation.refuse([refused]);
      return;
    }
    this.#operations.set(id, operation);
    const { answering } = this.#door;
    const answered = this.#answer(operation, payload)
      .catch((error: unknown) => {
        logSparingly(this.log, 'error', 'socket message failed', {}, { err: error });
        this.close(CloseCode.InternalServerError, 'Internal server error');
      })
      .finally(() => answering.delete(answered));
    answering.add(answered);
  }

  #refusal(): CivitasError | undefined {
    if (this.#door.isDraining()) return new CivitasError('SERVICE_UNAVAILABLE');
    if (this.#operations.size >= MAX_OPERATIONS) return new CivitasError('RATE_LIMITED');
    return undefined;
  }

  async #answer(operation: SocketOperation, payload: SubscribePayload): Promise<void> {
    const { query, operationName, variables, extensions, ...rest } = payload;
    const response = await this.#door.open({
      query,
      operationName,
      variables,
      extensions,
      documentId: 'documentId' in rest ? rest.documentId : undefined,
      clientName: this.#clientName,
      authorization: this.#authorization,
      clientAddress: this.#clientAddress,
      requestId: requestIdFrom(undefined),
      signal: operation.signal,
      asText: true,
    });
    if ('results' in response) operation.follow(response.results);
    else operation.answer(response);
  }
}

/** A failed send closes the socket, and that ends what runs for it. */
function ignore(): void {}

function onMessage(this: WebSocket, data: RawData): void {
  (this as ClientSocket).receive(data);
}

function onPong(this: WebSocket, payload: Buffer): void {
  const socket = this as ClientSocket;
  socket.heard(payload);
  socket.answered();
}

function onPing(this: WebSocket, payload: Buffer): void {
  const socket = this as ClientSocket;
  socket.heard(payload);
  socket.isDeaf();
}

/** `ws` closes by itself with the code of the fault, such as 1009 for a message over the limit. */
function onError(this: WebSocket, error: Error): void {
  (this as ClientSocket).log.debug({ err: error }, 'socket failed');
}

function onClose(this: WebSocket): void {
  (this as ClientSocket).leave();
}

function onSilence(socket: ClientSocket): void {
  socket.closeSilent();
}

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

interface Round {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds of each request. */
  readonly latencies: readonly number[];
}

/** One HTTP answer as it came. */
interface Answer {
  readonly status: number;
  /** Of the body, as it was sent. */
  readonly length: number;
  readonly text: () => string;
}

const HEAD_END = '\r\n\r\n';
const LAST_CHUNK = '0\r\n\r\n';

/** A request as it is sent, to be answered with this status; 200 when absent. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: readonly string[];
  readonly body?: string;
  readonly status?: number;
}

/** Sends the same operation as a POST of JSON; see `loadWith`. */
export function load(
  url: string,
  body: string,
  connections: number,
  seconds: number,
): Promise<Round> {
  const headers = ['content-type: application/json'];
  return loadWith(url, { method: 'POST', headers, body }, connections, seconds);
}

/**
 * Sends the same request over a number of connections for a while, each connection one request
 * after the other. With as little of a client as can be: one that reads every answer as text would be
 * what is measured, where answers are long and come fast.
 *
 * @throws Error at the first answer that is not whole: speed without data is no speed.
 */
export async function loadWith(
  url: string,
  { method, headers, body = '', status: expected = 200 }: LoadRequest,
  connections: number,
  seconds: number,
): Promise<Round> {
  const { hostname, port, pathname, search } = new URL(url);
  const length = method === 'POST' ? [`content-length: ${Buffer.byteLength(body)}`] : [];
  const request = [
    `${method} ${pathname}${search} HTTP/1.1`,
    `host: ${hostname}:${port}`,
    ...headers,
    ...length,
    `\r\n${body}`,
  ].join('\r\n');
  const latencies: number[] = [];
  const wholeLengths = new Set<number>();
  const startedAt = performance.now();
  const end = startedAt + seconds * 1000;
  const client = async () => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    while (performance.now() < end) {
      const sentAt = performance.now();
      const { status, length, text } = await ask(socket, request);
      // What is as long as an answer that was looked at is not looked at again.
      if (status !== expected || !wholeLengths.has(length)) {
        const answer = text();
        if (status !== expected || answer.includes('"errors"')) {
          throw new Error(`${status}: ${answer.slice(0, 500)}`);
        }
        wholeLengths.add(length);
      }
      latencies.push(performance.now() - sentAt);
    }
    socket.destroy();
  };
  await Promise.all(Array.from({ length: connections }, client));
  const elapsed = (performance.now() - startedAt) / 1000;
  return { requests: latencies.length, seconds: elapsed, latencies };
}

function ask(socket: Socket, request: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    let head: string | undefined;
    /** Of all that comes; undefined for a body in chunks, which says itself where it ends. */
    let length: number | undefined;
    let lastBytes = '';
    const settle = (done: () => void) => {
      socket.off('data', take).off('error', fail).off('close', fail);
      done();
    };
    const fail = (error?: unknown) =>
      settle(() =>
        reject(error instanceof Error ? error : new Error('The connection was closed.')),
      );
    const take = (piece: Buffer) => {
      pieces.push(piece);
      bytes += piece.length;
      lastBytes = (lastBytes + piece.toString('latin1', Math.max(0, piece.length - 5))).slice(-5);
      if (head === undefined) {
        const all = Buffer.concat(pieces);
        const end = all.indexOf(HEAD_END);
        if (end < 0) return;
        head = all.toString('latin1', 0, end + HEAD_END.length);
        const [, said] = /\ncontent-length: *(\d+)/i.exec(head) ?? [];
        if (said !== undefined) length = head.length + Number(said);
        else if (/^HTTP\/1.1 304/.test(head)) length = head.length;
      }
      if (length === undefined ? lastBytes !== LAST_CHUNK : bytes < length) return;
      const from = head.length;
      const status = Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
      const text = () => Buffer.concat(pieces).toString('utf8', from);
      settle(() => resolve({ status, length: bytes - from, text }));
    };
    socket.on('data', take).once('error', fail).once('close', fail);
    socket.write(request);
  });
}

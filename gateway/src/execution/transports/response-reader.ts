import { COOKIES_HEADER } from '@civitas/platform/subgraph';

/** A whole answer. */
export interface HttpAnswer {
  readonly status: number;
  /** `none` when the server does not say. */
  readonly contentType: string;
  /** What the server wants set in the client; see `COOKIES_HEADER`. */
  readonly cookies: string | undefined;
  /** The body, read as UTF-8. */
  readonly text: string;
}

/** An answer that breaks the rules of HTTP/1.1, or the limits it was given. */
export class InvalidAnswerError extends Error {}

interface Head {
  readonly status: number;
  readonly contentType: string;
  readonly cookies: string | undefined;
  readonly isLast: boolean;
  readonly keepAliveMs: number;
  /** Bytes of the body; -1 in chunks, -2 until the connection ends. */
  readonly length: number;
}

const MAX_HEAD_BYTES = 16 * 1024;
const MAX_CHUNK_LINE_BYTES = 1024;
const IN_CHUNKS = -1;
const UNTIL_END = -2;
const HEAD_END = '\r\n\r\n';
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [^\r\n]*)?$/;
const HEADER = /^([!#$%&'*+\-.^_`|~\w]+):[ \t]*([^\r\n\0]*?)[ \t]*$/;
const DIGITS = /^\d{1,15}$/;
const CHUNK_SIZE = /^([\da-fA-F]{1,8})(?:[ \t]*;[^\r\n]*)?$/;
const KEEP_ALIVE = /timeout=(\d{1,6})/;
const NOTHING = Buffer.alloc(0);

/**
 * Reads one answer after the other from what a connection brings. Strict: what another reader could
 * understand otherwise is refused, because a connection out of step would give one caller the answer
 * of another.
 */
export class ResponseReader {
  readonly #maxBytes: number;
  /** What has come and is not read yet. */
  #rest: Buffer = NOTHING;
  #head: Head | undefined;
  #body: Buffer[] = [];
  #bodyBytes = 0;
  /** Of the chunk that is being read. */
  #chunkBytesLeft = 0;
  #isAtChunkEnd = false;
  #isLastChunkRead = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether nothing of the next answer has come. */
  get isFresh(): boolean {
    return this.#head === undefined && this.#rest.length === 0;
  }

  /** Whether the connection carries no other request after the answer; asked with the answer. */
  isLast = false;
  keepAliveMs = Number.POSITIVE_INFINITY;

  /**
   * Takes the next bytes, which are the reader's from then on.
   *
   * @returns the answer that they complete.
   * @throws InvalidAnswerError; the connection is of no more use.
   */
  take(bytes: Buffer): HttpAnswer | undefined {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    return this.#read();
  }

  /** The connection has ended. @returns the answer that ends with it. */
  end(): HttpAnswer | undefined {
    return this.#head?.length === UNTIL_END ? this.#finish() : undefined;
  }

  #read(): HttpAnswer | undefined {
    while (!this.#head) {
      const end = this.#rest.indexOf(HEAD_END);
      if (end > MAX_HEAD_BYTES || (end < 0 && this.#rest.length > MAX_HEAD_BYTES)) {
        throw new InvalidAnswerError('The headers are too long.');
      }
      if (end < 0) return undefined;
      const head = readHead(this.#rest.toString('latin1', 0, end));
      this.keepAliveMs = head.keepAliveMs;
      this.#rest = this.#rest.subarray(end + HEAD_END.length);
      // 100 Continue and its like come before the answer.
      if (head.status >= 200) this.#head = head;
    }
    const { length } = this.#head;
    if (length === IN_CHUNKS) return this.#readChunks();
    if (length > this.#maxBytes) throw new InvalidAnswerError('The answer is too long.');
    if (this.#body.length === 0 && length >= 0 && this.#rest.length >= length) {
      const text = this.#rest.toString('utf8', 0, length);
      this.#rest = this.#rest.subarray(length);
      return this.#answer(text);
    }
    this.#keep(this.#rest.length);
    if (length >= 0 && this.#bodyBytes > length) throw new InvalidAnswerError('More than it said.');
    return this.#bodyBytes === length ? this.#finish() : undefined;
  }

  #readChunks(): HttpAnswer | undefined {
    for (;;) {
      if (!this.#readChunk()) return undefined;
      const end = this.#rest.indexOf('\r\n');
      if (end > MAX_CHUNK_LINE_BYTES || (end < 0 && this.#rest.length > MAX_CHUNK_LINE_BYTES)) {
        throw new InvalidAnswerError('A line of a chunk is too long.');
      }
      if (end < 0) return undefined;
      const line = this.#rest.toString('latin1', 0, end);
      if (this.#isLastChunkRead) {
        // Trailers are read over.
        this.#rest = this.#rest.subarray(end + 2);
        if (line === '') return this.#finish();
        continue;
      }
      const [, digits] = CHUNK_SIZE.exec(line) ?? [];
      if (digits === undefined) throw new InvalidAnswerError('A chunk without its size.');
      const size = Number.parseInt(digits, 16);
      this.#rest = this.#rest.subarray(end + 2);
      this.#chunkBytesLeft = size;
      this.#isLastChunkRead = size === 0;
    }
  }

  /** Keeps what has come of the chunk. @returns whether that is all of it. */
  #readChunk(): boolean {
    if (this.#chunkBytesLeft > 0) {
      const bytes = Math.min(this.#chunkBytesLeft, this.#rest.length);
      this.#keep(bytes);
      this.#chunkBytesLeft -= bytes;
      this.#isAtChunkEnd = this.#chunkBytesLeft === 0;
      if (!this.#isAtChunkEnd) return false;
    }
    if (!this.#isAtChunkEnd) return true;
    if (this.#rest.length < 2) return false;
    if (this.#rest[0] !== 13 || this.#rest[1] !== 10) {
      throw new InvalidAnswerError('A chunk longer than its size.');
    }
    this.#rest = this.#rest.subarray(2);
    this.#isAtChunkEnd = false;
    return true;
  }

  #keep(bytes: number): void {
    if (bytes === 0) return;
    this.#body.push(this.#rest.subarray(0, bytes));
    this.#rest = this.#rest.subarray(bytes);
    this.#bodyBytes += bytes;
    if (this.#bodyBytes > this.#maxBytes) throw new InvalidAnswerError('The answer is too long.');
  }

  #finish(): HttpAnswer {
    const whole = this.#body.length === 1 ? this.#body[0] : Buffer.concat(this.#body);
    return this.#answer((whole as Buffer).toString('utf8'));
  }

  #answer(text: string): HttpAnswer {
    const { status, contentType, cookies, isLast } = this.#head as Head;
    this.isLast = isLast;
    this.#head = undefined;
    this.#body = [];
    this.#bodyBytes = 0;
    this.#isLastChunkRead = false;
    return { status, contentType, cookies, text };
  }
}

function readHead(text: string): Head {
  const [first = '', ...lines] = text.split('\r\n');
  const [, minor, digits] = STATUS_LINE.exec(first) ?? [];
  if (digits === undefined) throw new InvalidAnswerError('This is not HTTP/1.1.');
  const status = Number(digits);
  let contentType = 'none';
  let cookies: string | undefined;
  let isLast = minor === '0';
  let length: number | undefined;
  let isChunked = false;
  let keepAliveMs = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    const [, name, value = ''] = HEADER.exec(line) ?? [];
    if (name === undefined) throw new InvalidAnswerError('A line that is no header.');
    switch (name.toLowerCase()) {
      case 'content-type':
        contentType = value;
        break;
      case COOKIES_HEADER:
        cookies = value;
        break;
      case 'content-length':
        if (!DIGITS.test(value) || (length !== undefined && length !== Number(value))) {
          throw new InvalidAnswerError('An answer without one length.');
        }
        length = Number(value);
        break;
      case 'transfer-encoding':
        if (isChunked || value.toLowerCase() !== 'chunked') {
          throw new InvalidAnswerError('An unknown transfer encoding.');
        }
        isChunked = true;
        break;
      case 'content-encoding':
        if (value.toLowerCase() !== 'identity') {
          throw new InvalidAnswerError('Compressed though nobody asked for it.');
        }
        break;
      case 'connection':
        isLast = value.toLowerCase() !== 'keep-alive';
        break;
      case 'keep-alive': {
        const [, seconds] = KEEP_ALIVE.exec(value) ?? [];
        if (seconds !== undefined) keepAliveMs = (Number(seconds) - 1) * 1000;
      }
    }
  }
  if (isChunked && length !== undefined) throw new InvalidAnswerError('Both a length and chunks.');
  const about = { status, contentType, cookies, isLast, keepAliveMs };
  const isEmpty = status === 204 || status === 304;
  if (isEmpty) return { ...about, length: 0 };
  if (isChunked) return { ...about, length: IN_CHUNKS };
  if (length === undefined) return { ...about, isLast: true, length: UNTIL_END };
  return { ...about, length };
}

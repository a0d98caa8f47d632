import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/**
 * One connection that posts JSON and waits for each answer: as little of a client as can be, because
 * what it uses of the two processors the server does not have.
 */
export class BareClient {
  readonly #head: string;
  readonly #socket: Socket;
  #answer: PromiseWithResolvers<string> | undefined;
  #received = '';

  private constructor(socket: Socket, url: URL) {
    this.#socket = socket;
    this.#head = `POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\n`;
    socket.setEncoding('latin1').setNoDelay(true);
    socket.on('data', (text: string) => this.#take(text));
    socket.on('close', () => this.#answer?.reject(new Error('The server hung up.')));
  }

  static async connect(url: string): Promise<BareClient> {
    const address = new URL(url);
    const socket = connect(Number(address.port), address.hostname);
    await once(socket, 'connect');
    return new BareClient(socket, address);
  }

  /**
   * @param body ASCII.
   * @param from the address the server takes the client for, behind a proxy it trusts.
   * @throws Error at an answer that is not whole: speed without data is no speed.
   */
  async post(body: string, from: string): Promise<string> {
    this.#answer = Promise.withResolvers();
    this.#socket.write(
      `${this.#head}x-forwarded-for: ${from}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      'latin1',
    );
    const answer = await this.#answer.promise;
    if (!answer.startsWith('HTTP/1.1 200 ') || answer.includes('"errors"')) throw new Error(answer);
    return answer;
  }

  close(): void {
    this.#answer = undefined;
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#received += text;
    const head = this.#received.indexOf('\r\n\r\n');
    const length = /content-length: (\d+)/i.exec(this.#received)?.[1];
    if (head < 0 || length === undefined) return;
    if (this.#received.length < head + 4 + Number(length)) return;
    const answer = this.#received;
    this.#received = '';
    this.#answer?.resolve(answer);
  }
}

import type { Logger } from '../../telemetry/index.ts';

/** What one request logs with. */
export interface RequestLog {
  error(details: object, message: string): void;
  warn(details: object, message: string): void;
  info(details: object, message: string): void;
  debug(details: object, message: string): void;
}

/**
 * Logs with the id of a request in every line. The logger for it is made with the first line: that takes 18 µs, and
 * few requests log.
 */
export class LogOfRequest implements RequestLog {
  readonly #log: Logger;
  readonly #requestId: string;
  #own: Logger | undefined;

  constructor(log: Logger, requestId: string) {
    this.#log = log;
    this.#requestId = requestId;
  }

  error(details: object, message: string): void {
    this.#named().error(details, message);
  }

  warn(details: object, message: string): void {
    this.#named().warn(details, message);
  }

  info(details: object, message: string): void {
    this.#named().info(details, message);
  }

  debug(details: object, message: string): void {
    this.#named().debug(details, message);
  }

  #named(): Logger {
    this.#own ??= this.#log.child({ requestId: this.#requestId });
    return this.#own;
  }
}

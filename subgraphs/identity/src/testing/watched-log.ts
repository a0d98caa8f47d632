import { createLogger, type Logger } from '@civitas/platform/telemetry';
import type { TestClient } from '@civitas/testkit';

/** A log of everything, and what must not be in it. */
interface WatchedLog {
  readonly log: Logger;
  /** Whose secrets, sent and answered, are watched for. */
  watch(client: TestClient): TestClient;
  hide(secret: string): void;
  /** Names of secrets that stand in the log, and where. */
  leaks(): string[];
  text(): string;
}

/** Arguments and fields whose values open something, or say whom something is about. */
const SECRET = /password|token|secret|verifier|recoverycodes|^code$|^key$|^email$|^credential$/i;
/** Shorter ones (the six digits of an app) are found in any number. */
const SHORTEST = 10;
const WORD = /[\w-]{10,}/g;
/** `accessTokenExpiresAt`, `INVALID_CODE`, `tokenAudience` are no secrets. */
const isHarmless = (key: string, value: string) =>
  key.endsWith('At') || /^[A-Z_]+$/.test(value) || value.length < SHORTEST;

export function watchedLog(): WatchedLog {
  const lines: string[] = [];
  const secrets = new Set<string>();
  const log = createLogger({
    name: 'identity',
    level: 'trace',
    destination: { write: (line: string) => void lines.push(line) },
  });

  function collect(value: unknown, key = ''): void {
    if (typeof value === 'string') {
      if (SECRET.test(key) && !isHarmless(key, value)) secrets.add(value);
    } else if (Array.isArray(value)) for (const each of value) collect(each, key);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, each] of Object.entries(value)) collect(each, name);
    }
  }

  return {
    log,
    watch: (client) => {
      const execute: TestClient['execute'] = async (query, variables) => {
        collect(variables);
        const answer = await client.execute(query, variables);
        collect(answer.data);
        return answer;
      };
      return {
        execute,
        run: async (query, variables) => {
          collect(variables);
          const data = await client.run(query, variables);
          collect(data);
          return data;
        },
        codes: client.codes,
      };
    },
    hide: (secret) => void secrets.add(secret),
    text: () => lines.join(''),
    leaks: () => {
      const text = lines.join('');
      const words = new Set(text.match(WORD));
      const stands = (secret: string) => {
        const parts = secret.match(WORD);
        return parts ? parts.some((part) => words.has(part)) : text.includes(secret);
      };
      return [...secrets].filter(stands);
    },
  };
}

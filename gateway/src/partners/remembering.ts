import { LRUCache } from 'lru-cache';

interface RememberingOptions<Question, Answer> {
  readonly ask: (question: Question) => Promise<Answer>;
  /** Names a question among the others; what is kept is this, not the question. */
  readonly keyOf: (question: Question) => string;
  /** How long an answer is taken as it is. */
  readonly freshMs: (answer: Answer) => number;
  /** How long it goes on counting while nobody answers. */
  readonly staleMs: number;
  readonly max: number;
}

interface Remembered<Answer> {
  readonly answer: Promise<Answer>;
  answeredAt: number;
  freshUntil: number;
}

/** After a failure the last answer is given for this long before the question is put again. */
const RETRY_MS = 1_000;

/**
 * Asks once for everybody who wants to know the same at the same time, remembers the answer for a
 * while, and goes on with the last one while nobody answers.
 */
export function remembering<Question, Answer>(
  options: RememberingOptions<Question, Answer>,
): (question: Question) => Promise<Answer> {
  const { ask, keyOf, freshMs, staleMs, max } = options;
  const known = new LRUCache<string, Remembered<Answer>>({ max });

  function askAnew(key: string, question: Question, before: Remembered<Answer> | undefined) {
    const answered = async () => {
      try {
        const answer = await ask(question);
        asked.answeredAt = performance.now();
        asked.freshUntil = asked.answeredAt + freshMs(answer);
        return answer;
      } catch (error) {
        if (!before || performance.now() - before.answeredAt >= staleMs) {
          known.delete(key);
          throw error;
        }
        asked.answeredAt = before.answeredAt;
        asked.freshUntil = performance.now() + RETRY_MS;
        return before.answer;
      }
    };
    const asked: Remembered<Answer> = {
      // In the next turn, when `asked` is there to be filled in.
      answer: Promise.resolve().then(answered),
      answeredAt: 0,
      freshUntil: Number.POSITIVE_INFINITY,
    };
    known.set(key, asked);
    return asked.answer;
  }

  return (question) => {
    const key = keyOf(question);
    const before = known.get(key);
    if (before && performance.now() < before.freshUntil) return before.answer;
    return askAnew(key, question, before);
  };
}

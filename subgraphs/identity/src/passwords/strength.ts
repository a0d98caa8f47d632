import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
import { dictionary as english, translations } from '@zxcvbn-ts/language-en';

/** What an attacker who knows people's habits needs to guess a password (zxcvbn, Wheeler 2016). */
export interface Strength {
  /** 0 (at once) to 4 (beyond 10^10 guesses). */
  readonly score: number;
  /** What is wrong with it. Null when there is nothing in particular. */
  readonly warning: string | null;
  readonly suggestions: readonly string[];
}

/** Estimates grow with the length; this bounds one to some 15 ms, on the thread that serves requests. */
const MAX_ESTIMATED_LENGTH = 40;

type Estimator = (password: string, about: readonly string[]) => Strength;

let estimator: Estimator | undefined;

/**
 * The estimator of this process, which takes some 400 ms to load its 40,000 common passwords and
 * words. Substitutions such as `p4ssw0rd` are left out: looking for them takes up to a second.
 */
export function strengthEstimator(): Estimator {
  estimator ??= createEstimator();
  return estimator;
}

function createEstimator(): Estimator {
  const zxcvbn = new ZxcvbnFactory({
    dictionary: { ...common, ...english },
    graphs: adjacencyGraphs,
    translations,
    l33tTable: {},
    maxLength: MAX_ESTIMATED_LENGTH,
  });
  return (password, about) => {
    const { score, feedback } = zxcvbn.check(password, [...about]);
    return { score, warning: feedback.warning, suggestions: feedback.suggestions };
  };
}

/** A pass, of the questions asked: what most course platforms begin with (Open edX: 50 to 70 %). */
const PASSING_SHARE = 0.7;

/** Whether an attempt suffices for a certificate. */
export function isPassed(attempt: { readonly score: number; readonly maxScore: number }): boolean {
  return attempt.score >= attempt.maxScore * PASSING_SHARE;
}

/**
 * What is waited for, or a rejection when it takes longer. What comes of it afterwards, a failure too, has
 * nobody left to tell.
 *
 * @param ms how long it has.
 * @param late makes the reason of the rejection.
 */
export function withinTime<Answer>(
  answer: Promise<Answer>,
  ms: number,
  late: () => Error,
): Promise<Answer> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), ms);
  return Promise.race([answer, promise]).finally(() => clearTimeout(timer));
}

/** Why the graph cannot start, in one line for the person at the terminal. */
export class LocalStartError extends Error {
  override readonly name = 'LocalStartError';
}

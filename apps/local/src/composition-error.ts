/** The subgraphs' SDL does not compose; `message` has one line per reason. */
export class CompositionError extends Error {
  override readonly name = 'CompositionError';
}

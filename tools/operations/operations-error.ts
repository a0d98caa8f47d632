/** What a person at the terminal can mend: shown without a stack. */
export class OperationsError extends Error {
  override readonly name = 'OperationsError';
}

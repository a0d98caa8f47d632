/** What every failure that is data looks like: a type of the schema that implements `UserError`. */
interface UserFailureData {
  readonly __typename: string;
  readonly code: string;
  readonly message: string;
  readonly path: readonly string[] | null;
}

/**
 * An expected failure of a use case. It is thrown, so that the transaction around it rolls back,
 * and becomes a member of the mutation's result union outside (see `answerWithFailures`).
 */
export class UserFailure extends Error {
  override readonly name = 'UserFailure';
  readonly data: UserFailureData & Readonly<Record<string, unknown>>;

  /**
   * @param typename the object type of the schema, e.g. `EmailTaken`; its `code` follows from it
   * (`EMAIL_TAKEN`), so the two can never differ.
   * @param path the argument at fault, e.g. `['input', 'email']`.
   * @param details further fields of that type.
   */
  constructor(
    typename: string,
    message: string,
    path: readonly string[] | null = null,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.data = { ...details, __typename: typename, code: codeOf(typename), message, path };
  }
}

/** `OutOfStock` → `OUT_OF_STOCK`, `NotAFamily` → `NOT_A_FAMILY`. */
export function codeOf(typename: string): string {
  return typename.replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '_').toUpperCase();
}

/**
 * Runs a use case for a mutation whose result is a union: its answer becomes the success member,
 * a `UserFailure` becomes the failure member of its own type, anything else is thrown on.
 */
export async function answerWithFailures<Success extends object>(
  successTypename: string,
  useCase: () => Promise<Success>,
  // biome-ignore lint/suspicious/noExplicitAny: generated result unions cannot be named generically
): Promise<any> {
  try {
    return { __typename: successTypename, ...(await useCase()) };
  } catch (error) {
    if (error instanceof UserFailure) return error.data;
    throw error;
  }
}

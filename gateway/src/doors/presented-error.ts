import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** `graphql-ws` wants error objects; this one is already formatted and goes out as it is. */
export class PresentedError extends GraphQLError {
  readonly #formatted: GraphQLFormattedError;

  constructor(formatted: GraphQLFormattedError) {
    super(formatted.message);
    this.#formatted = formatted;
  }

  override toJSON(): GraphQLFormattedError {
    return this.#formatted;
  }
}

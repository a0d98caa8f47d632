import type { GraphQLError } from 'graphql';
import type { Freshness, RawResult } from '../types.ts';
import type { Execution } from './execution.ts';
import type { Shape } from './shape/compile-shape.ts';
import type { WriteResponse } from './shape/compile-text.ts';

/** The two forms of one operation's responses. */
export interface ResponseForms {
  readonly shape: Shape;
  readonly write: WriteResponse;
}

/** What came of a run. The response is made in the form that is asked for, once. */
export class CompletedResult implements RawResult {
  readonly errors: readonly GraphQLError[];
  freshness: Freshness | undefined;
  readonly #execution: Execution;
  readonly #forms: ResponseForms;
  #shaped: ReturnType<Shape> | undefined;
  #text: string | undefined;

  constructor(execution: Execution, forms: ResponseForms, errors = execution.errors) {
    this.#execution = execution;
    this.#forms = forms;
    this.errors = errors;
  }

  get data(): Record<string, unknown> | null {
    return this.#shape().data;
  }

  get text(): string {
    if (this.#text !== undefined) return this.#text;
    const { data, variables } = this.#execution;
    this.#text = this.#forms.write(data, variables) ?? JSON.stringify(this.data);
    return this.#text;
  }

  /** What could be written without its shape fitted everywhere. */
  get completionErrors(): readonly GraphQLError[] {
    if (this.#text !== undefined && !this.#shaped) return [];
    return this.#shape().errors;
  }

  #shape(): ReturnType<Shape> {
    const { data, variables } = this.#execution;
    this.#shaped ??= this.#forms.shape(data, variables);
    return this.#shaped;
  }
}

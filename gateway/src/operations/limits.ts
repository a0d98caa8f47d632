/** How large an operation may be, measured in its document before validation. */
export interface OperationLimits {
  /** Lexical tokens; the parser stops there. */
  readonly maxTokens: number;
  /** Levels of fields, through fragments; also of nested input literals. */
  readonly maxDepth: number;
  /**
   * Fields with every fragment expanded. Validation compares fields of one response name in
   * pairs, so this also bounds its quadratic part (some 0.1 s at 2,000).
   */
  readonly maxFields: number;
  /** Aliased fields with every fragment expanded. */
  readonly maxAliases: number;
  readonly maxRootFields: number;
  /** Directives with every fragment expanded. */
  readonly maxDirectives: number;
  /** Operations and fragments in one document. */
  readonly maxDefinitions: number;
}

/** Ten times what the largest known client operation needs; introspection by tools fits as well. */
export const defaultOperationLimits: OperationLimits = {
  maxTokens: 10_000,
  maxDepth: 25,
  maxFields: 2_000,
  maxAliases: 200,
  maxRootFields: 50,
  maxDirectives: 200,
  maxDefinitions: 100,
};

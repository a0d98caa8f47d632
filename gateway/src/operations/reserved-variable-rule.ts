import { type ASTVisitor, GraphQLError, type ValidationContext } from 'graphql';

/**
 * Federation sends entities to subgraphs in a variable of this name, so a client's own would
 * collide with it in every entity fetch.
 */
const RESERVED = 'representations';

export function reservedVariableRule(context: ValidationContext): ASTVisitor {
  return {
    VariableDefinition: (node) => {
      if (node.variable.name.value !== RESERVED) return;
      context.reportError(
        new GraphQLError(`The variable name "$${RESERVED}" is reserved; choose another.`, {
          nodes: node,
        }),
      );
    },
  };
}

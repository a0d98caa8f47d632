import { GraphQLError, OperationTypeNode, type ValidationRule } from 'graphql';

/**
 * A subscription whose only field may be left out is a stream of nothing: the specification forbids
 * `@skip` and `@include` there since 2025, graphql-js 16 does not yet.
 */
export const unconditionalSubscriptionRule: ValidationRule = (context) => ({
  OperationDefinition: ({ operation, selectionSet }) => {
    if (operation !== OperationTypeNode.SUBSCRIPTION) return;
    for (const selection of selectionSet.selections) {
      const condition = selection.directives?.find(
        ({ name }) => name.value === 'skip' || name.value === 'include',
      );
      if (!condition) continue;
      const message = `A subscription's field cannot depend on "@${condition.name.value}".`;
      context.reportError(new GraphQLError(message, { nodes: condition }));
    }
  },
});

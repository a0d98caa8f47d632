import {
  type DirectiveNode,
  GraphQLError,
  Kind,
  OperationTypeNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { deferOf } from './deferred-fragments.ts';

/**
 * What graphql-js 17 checks of `@defer` and graphql-js 16 does not know: a label is a fixed text and
 * names one fragment of the document, and neither the fields of a mutation itself nor anything of a
 * subscription can come later.
 */
export const deferRule: ValidationRule = (context) => {
  const labels = new Set<string>();
  return {
    Directive: (node) => {
      if (node.name.value !== 'defer') return;
      const label = node.arguments?.find(({ name }) => name.value === 'label')?.value;
      if (!label || label.kind === Kind.NULL) return;
      if (label.kind !== Kind.STRING)
        report(context, 'The label of "@defer" is a fixed text.', node);
      else if (labels.has(label.value)) {
        report(context, `Two fragments are deferred under the label "${label.value}".`, node);
      } else labels.add(label.value);
    },
    OperationDefinition: ({ operation, selectionSet }) => {
      if (operation === OperationTypeNode.QUERY) return;
      for (const selection of selectionSet.selections) {
        const defer = deferOf(selection);
        if (defer) report(context, `The fields of a ${operation} cannot be deferred.`, defer);
      }
    },
  };
};

function report(context: ValidationContext, message: string, node: DirectiveNode): void {
  context.reportError(new GraphQLError(message, { nodes: node }));
}

import { Kind, type SelectionNode } from 'graphql';

/** Whether a selection is part of the operation, given its variables. */
export type Condition = (variables: Readonly<Record<string, unknown>>) => boolean;

/** What `@skip` and `@include` of a selection and of all around it say; undefined for always. */
export function conditionOf(
  { directives = [] }: SelectionNode,
  outer: Condition | undefined,
): Condition | undefined {
  let condition = outer;
  for (const { name, arguments: given = [] } of directives) {
    const isSkip = name.value === 'skip';
    if (!isSkip && name.value !== 'include') continue;
    const value = given.find((argument) => argument.name.value === 'if')?.value;
    const around = condition;
    if (value?.kind === Kind.VARIABLE) {
      const variable = value.name.value;
      condition = (variables) =>
        (variables[variable] === true) !== isSkip && (around?.(variables) ?? true);
    } else if (value?.kind === Kind.BOOLEAN && value.value === isSkip) {
      condition = () => false;
    }
  }
  return condition;
}

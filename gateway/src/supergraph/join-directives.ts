import {
  type ConstDirectiveNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type TypeNode,
} from 'graphql';

/** A type with fields. */
export type TypeDefinition = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

export function isFieldsType(node: unknown): node is TypeDefinition {
  const kind = (node as { readonly kind?: string }).kind;
  return kind === Kind.OBJECT_TYPE_DEFINITION || kind === Kind.INTERFACE_TYPE_DEFINITION;
}

export function nameOf({ name }: { readonly name: { readonly value: string } }): string {
  return name.value;
}

export function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

export function isJoin(directive: ConstDirectiveNode): boolean {
  return nameOf(directive) === 'join__field';
}

/** Whether it says that a graph declares a field without answering it. */
export function isExternal(directive: ConstDirectiveNode): boolean {
  const value = directive.arguments?.find((each) => nameOf(each) === 'external')?.value;
  return isJoin(directive) && value?.kind === Kind.BOOLEAN && value.value;
}

/** The value of `join__Graph` that a directive speaks of. */
export function graphOf({ arguments: given = [] }: ConstDirectiveNode): string | undefined {
  const value = given.find((each) => nameOf(each) === 'graph')?.value;
  return value?.kind === Kind.ENUM ? value.value : undefined;
}

export function stringArgument(
  { arguments: given = [] }: ConstDirectiveNode,
  name: string,
): string | undefined {
  const value = given.find((each) => nameOf(each) === name)?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
}

/** The same directive with another value for one of its arguments. */
export function withArgument(
  directive: ConstDirectiveNode,
  name: string,
  value: string,
): ConstDirectiveNode {
  const given = (directive.arguments ?? []).map((each) =>
    nameOf(each) === name ? { ...each, value: { kind: Kind.STRING, value } as const } : each,
  );
  return { ...directive, arguments: given };
}

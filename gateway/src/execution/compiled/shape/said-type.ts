import {
  type GraphQLCompositeType,
  type GraphQLSchema,
  isAbstractType,
  isInterfaceType,
  isObjectType,
} from 'graphql';

/**
 * The type by which an object is shaped that stands where `type` is declared: the one it says it is,
 * `type` where it says nothing, undefined where it cannot be what it says.
 *
 * @param typename as a subgraph sent it. Of an object of `@interfaceObject` it is the interface.
 */
export function saidType(
  schema: GraphQLSchema,
  type: GraphQLCompositeType,
  typename: unknown,
): GraphQLCompositeType | undefined {
  if (typename === undefined || typename === null || typename === type.name) return type;
  const said = typeof typename === 'string' ? schema.getType(typename) : undefined;
  if (!isObjectType(said) && !isInterfaceType(said)) return undefined;
  const mayBe =
    (isAbstractType(type) && schema.isSubType(type, said)) ||
    (isInterfaceType(said) && schema.isSubType(said, type as typeof said));
  return mayBe ? said : undefined;
}

import { loadSupergraph } from '@civitas/gateway';
import {
  type GraphQLObjectType,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql';

/**
 * Every place (`Type.field`) of the supergraph whose value the gateway may remember, found from its hints:
 * from every root field, entity and field that has one, down to where one says otherwise. A field that all
 * kinds of people have is `User`'s.
 */
export function cachedPlaces(supergraphSdl: string): ReadonlySet<string> {
  const { supergraphSchema: schema, cacheHints: hints } = loadSupergraph(supergraphSdl);
  const places = new Set<string>();
  const walked = new Set<string>();
  const ageOf = (place: string) => hints.get(place)?.maxAgeMs;

  function walk(typeName: string, isCached: boolean): void {
    if (walked.has(`${typeName} ${isCached}`)) return;
    walked.add(`${typeName} ${isCached}`);
    const type = schema.getType(typeName);
    if (isUnionType(type)) for (const each of type.getTypes()) walk(each.name, isCached);
    if (isInterfaceType(type)) {
      for (const each of schema.getPossibleTypes(type)) walk(each.name, isCached);
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return;
    for (const field of Object.values(type.getFields())) {
      const of = getNamedType(field.type);
      const own = ageOf(`${typeName}.${field.name}`);
      const inherits = hints.get(`${typeName}.${field.name}`)?.inherits;
      const ofType = ageOf(of.name) ?? (hints.get(of.name)?.inherits && isCached ? 1 : 0);
      const isRemembered =
        own !== undefined
          ? own > 0
          : !isCompositeType(of) || inherits
            ? isCached
            : isCached && ofType > 0;
      if (isRemembered)
        places.add(`${ownerOf(type as GraphQLObjectType, field.name)}.${field.name}`);
      if (isRemembered && isCompositeType(of)) walk(of.name, true);
    }
  }

  const ownerOf = (type: GraphQLObjectType, field: string) =>
    type.getInterfaces().find((each) => each.getFields()[field])?.name ?? type.name;

  for (const type of Object.values(schema.getTypeMap())) {
    if (isObjectType(type) || isInterfaceType(type)) walk(type.name, (ageOf(type.name) ?? 0) > 0);
  }
  return places;
}

/** The values of an answer by place: each field but ids stands in it under `Type__field`. */
export function valuesByPlace(data: unknown, found = new Map<string, unknown[]>()) {
  if (Array.isArray(data)) for (const each of data) valuesByPlace(each, found);
  else if (typeof data === 'object' && data !== null) {
    for (const [key, value] of Object.entries(data)) {
      const place = key.replace('__', '.');
      if (place !== key) found.set(place, [...(found.get(place) ?? []), value]);
      valuesByPlace(value, found);
    }
  }
  return found;
}

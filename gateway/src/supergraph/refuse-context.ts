import { type DocumentNode, Kind } from 'graphql';
import { nameOf, stringArgument } from './join-directives.ts';

const CONTEXT = 'https://specs.apollo.dev/context/';

/**
 * Fields with `@fromContext` arguments would be asked for without them: a supergraph that has any is
 * refused, with the types that set a context.
 * @throws Error
 */
export function refuseContext({ definitions }: DocumentNode): void {
  const links = definitions.flatMap((definition) => {
    const isSchema =
      definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION;
    return isSchema ? (definition.directives ?? []) : [];
  });
  const link = links.find((each) => stringArgument(each, 'url')?.startsWith(CONTEXT));
  if (!link) return;
  const name = stringArgument(link, 'as') ?? 'context';
  const types = definitions.flatMap((definition) =>
    'directives' in definition &&
    'name' in definition &&
    definition.name &&
    definition.directives?.some((each) => nameOf(each) === name)
      ? [definition.name.value]
      : [],
  );
  throw new Error(
    `@context and @fromContext are not executed here; a context is set on ${types.join(', ') || 'no type'}.`,
  );
}

/** The media types of GraphQL over HTTP. */
export type ResponseType = 'application/graphql-response+json' | 'application/json';

const MODERN: ResponseType = 'application/graphql-response+json';
const LEGACY: ResponseType = 'application/json';

/**
 * The media type the client prefers, by weight and then by order; `application/json` where it does
 * not say. Undefined when it accepts neither.
 */
export function negotiate(accept: string | undefined): ResponseType | undefined {
  if (accept === undefined || accept === '' || accept === '*/*' || accept === LEGACY) return LEGACY;
  let best: { type: ResponseType; weight: number } | undefined;
  for (const range of accept.toLowerCase().split(',')) {
    const [name, ...parameters] = range.split(';').map((part) => part.trim());
    const type = name === MODERN ? MODERN : isLegacy(name) ? LEGACY : undefined;
    if (type === undefined || !isUtf8(parameters)) continue;
    const weight = Number(parameters.find((each) => each.startsWith('q='))?.slice(2) ?? 1);
    if (weight > (best?.weight ?? 0)) best = { type, weight };
  }
  return best?.type;
}

function isLegacy(name: string | undefined): boolean {
  return name === LEGACY || name === 'application/*' || name === '*/*';
}

function isUtf8(parameters: readonly string[]): boolean {
  const charset = parameters.find((each) => each.startsWith('charset='))?.slice('charset='.length);
  return charset === undefined || charset === 'utf-8' || charset === 'utf8';
}

import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

/** Nothing in it is repeated as a group: V8 needs stack for each time, and files have megabytes. */
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function parseBase64(value: unknown): Uint8Array {
  if (typeof value === 'string' && value.length % 4 === 0 && BASE64.test(value)) {
    return Buffer.from(value, 'base64');
  }
  throw new GraphQLError('Base64 must be bytes in base64 with padding.');
}

/** Bytes. A string on the way out is base64 already, made once for many readers. */
export const Base64Scalar = new GraphQLScalarType<Uint8Array, string>({
  name: 'Base64',
  serialize: (value) => {
    if (typeof value === 'string') return value;
    if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
    throw new TypeError('Base64 cannot hold this value.');
  },
  parseValue: parseBase64,
  parseLiteral: (node) => parseBase64(node.kind === Kind.STRING ? node.value : undefined),
});

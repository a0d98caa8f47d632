import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { GraphQLDateTimeISO } from 'graphql-scalars';

/** 64-bit range: what a Postgres `bigint` column can hold. */
const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

function toBigInt(value: unknown): bigint | undefined {
  const whole =
    typeof value === 'bigint' ||
    (typeof value === 'number' && Number.isSafeInteger(value)) ||
    (typeof value === 'string' && /^-?\d{1,19}$/.test(value));
  const parsed = whole ? BigInt(value) : undefined;
  return parsed !== undefined && parsed >= MIN && parsed <= MAX ? parsed : undefined;
}

/** A client's mistake is a `GraphQLError`; a value we cannot serialize is ours, so it is not. */
function parseBigInt(value: unknown): bigint {
  const parsed = toBigInt(value);
  if (parsed !== undefined) return parsed;
  throw new GraphQLError('BigInt must be a whole number of 64 bits, as digits in a string.');
}

/**
 * A 64-bit whole number. Leaves as a string of digits, since JSON numbers lose precision past
 * 2^53; accepts such a string or a safe JSON integer.
 */
export const BigIntScalar = new GraphQLScalarType<bigint, string>({
  name: 'BigInt',
  serialize: (value) => {
    const whole = toBigInt(value);
    if (whole === undefined) throw new TypeError('BigInt cannot hold this value.');
    return String(whole);
  },
  parseValue: parseBigInt,
  parseLiteral: (node) =>
    parseBigInt(node.kind === Kind.INT || node.kind === Kind.STRING ? node.value : undefined),
});

/** An instant, RFC 3339 in UTC with milliseconds on the way out. */
export const DateTimeScalar = new GraphQLScalarType<Date, string>({
  ...GraphQLDateTimeISO.toConfig(),
  name: 'DateTime',
  serialize: (value) => {
    const instant = value instanceof Date ? value : new Date(String(value));
    if (Number.isNaN(instant.getTime())) throw new TypeError('DateTime cannot hold this value.');
    return instant.toISOString();
  },
});

/** Resolvers of `shared.graphql`: every subgraph has them. */
export const sharedResolvers = { BigInt: BigIntScalar, DateTime: DateTimeScalar };

export { BigIntScalar, DateTimeScalar, sharedResolvers } from './scalars.ts';

export { createOperator, type IdentityOperator } from './create-operator.ts';

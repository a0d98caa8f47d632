export { policiesOf } from './policies-of.ts';

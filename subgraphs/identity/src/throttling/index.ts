export { guardHashing, guardPassword } from './guard-hashing.ts';
export { throttleRules } from './rules.ts';
export { createThrottle, type Throttle } from './throttle.ts';

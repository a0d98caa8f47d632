export { searchBreachFile } from './breach-file.ts';
export { askRangeServer, NO_LIST } from './breached-passwords.ts';
export type { HashParameters } from './hash-worker.ts';
export { createPasswordHasher, type PasswordHasher } from './password-hasher.ts';
export { assertStandsAlone, newPassword, presentedPassword } from './password-input.ts';
export { createPasswordPolicy, type PasswordPolicy } from './password-policy.ts';
export { type PasswordHolder, proveOwnPassword, provePassword } from './prove-password.ts';

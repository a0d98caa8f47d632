export { createPasswordHasher, type PasswordHasher } from './password-hasher.ts';
export { assertStandsAlone, newPassword, presentedPassword } from './password-input.ts';
export { proveOwnPassword, provePassword } from './prove-password.ts';

export { createPasswordHasher, type PasswordHasher } from './password-hasher.ts';
export { newPassword, presentedPassword } from './password-input.ts';
export { proveOwnPassword, provePassword } from './prove-password.ts';

export { jwksRoute } from './jwks-route.ts';
export { ALGORITHM, createSigningKeys, type SigningKeys } from './signing-keys.ts';

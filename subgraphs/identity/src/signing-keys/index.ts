export { jwksRoute } from './jwks-route.ts';
export {
  ALGORITHM,
  createSigningKeys,
  rotateSigningKey,
  type SigningKeys,
  UnreadableKeyError,
} from './signing-keys.ts';

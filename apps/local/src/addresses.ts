/** `iss` and `aud` of access tokens: identity writes them, the gateway expects them. */
export const tokenIssuer = 'https://civitas.local';
export const tokenAudience = 'civitas';

/** Pages of apps: the gateway's own, and where a development server of one is by habit. */
export function appOrigins(publicUrl: string): string {
  return [new URL(publicUrl).origin, 'http://localhost:3000'].join(',');
}

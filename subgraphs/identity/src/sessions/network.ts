/**
 * The network a session is shown with: 24 bits of an IPv4 address, 48 of an IPv6 one. It tells a home
 * from a stranger's place and no household from its neighbours.
 *
 * @param address as the gateway has it: an IPv4 address, or the /64 network of an IPv6 one.
 */
export function networkOf(address: string | undefined): string | null {
  if (address === undefined) return null;
  if (address.includes(':')) return `${address.split(':').slice(0, 3).join(':')}::/48`;
  return `${address.split('.').slice(0, 3).join('.')}.0/24`;
}

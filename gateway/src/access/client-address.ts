import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4, type Socket } from 'node:net';
import { ConfigError } from '@civitas/platform/config';

/** Where a request comes from, and whether it came to us encrypted. */
export interface ClientConnection {
  /**
   * An IPv4 address, or the /64 network of an IPv6 one (`2001:db8:1:2::/64`): a household or a
   * machine has a whole /64, so single addresses in it count for nothing. Undefined for a socket
   * that is gone.
   */
  readonly address: string | undefined;
  /** True behind TLS: our own, or that of a trusted proxy that says `X-Forwarded-Proto: https`. */
  readonly isSecure: boolean;
}

export type LocateClient = (
  request: Pick<IncomingMessage, 'headers' | 'socket'>,
) => ClientConnection;

/** Whose a connection is, as `ClientConnection.address`; undefined for a trusted proxy, which is everybody's. */
export type FindPeer = (socket: Pick<Socket, 'remoteAddress'>) => string | undefined;

/** More hops than this, from the end, are not looked at: the header is the client's to fill. */
const MAX_HOPS = 20;

/**
 * Finds the client behind trusted proxies: `X-Forwarded-For` is read from its end, one hop for each
 * proxy on the list, so that what a client writes into it itself is never believed.
 *
 * @param trustedProxies addresses and networks, `10.0.0.0/8` or `::1`; none by default.
 * @throws ConfigError naming what is neither.
 */
export function clientLocator(trustedProxies: readonly string[] = []): LocateClient {
  const isTrusted = proxyCheck(trustedProxies);
  const peerOf = peerFinder(trustedProxies);

  return ({ headers, socket }) => {
    const isEncrypted = 'encrypted' in socket && socket.encrypted === true;
    const direct = peerOf(socket);
    if (direct !== undefined) return { address: direct, isSecure: isEncrypted };
    let address = plain(socket.remoteAddress);
    if (address === undefined) return { address, isSecure: isEncrypted };
    const protocol = headers['x-forwarded-proto'];
    const isSecure = isEncrypted || (typeof protocol === 'string' && /^https\b/i.test(protocol));
    const hops = String(headers['x-forwarded-for'] ?? '').split(',');
    for (const hop of hops.slice(-MAX_HOPS).reverse()) {
      const next = plain(hop.trim());
      if (next === undefined) break;
      address = next;
      if (!isTrusted(next)) break;
    }
    return { address: networkOf(address), isSecure };
  };
}

/**
 * Finds whose a connection is before anything is read from it.
 *
 * @throws ConfigError as {@link clientLocator} does.
 */
export function peerFinder(trustedProxies: readonly string[] = []): FindPeer {
  const isTrusted = proxyCheck(trustedProxies);
  /** A connection has one, whatever is asked on it. */
  const known = new WeakMap<object, string>();
  return (socket) => {
    const found = known.get(socket);
    if (found !== undefined) return found;
    const peer = plain(socket.remoteAddress);
    if (peer === undefined || isTrusted(peer)) return undefined;
    const network = networkOf(peer);
    known.set(socket, network);
    return network;
  };
}

function proxyCheck(trustedProxies: readonly string[]): (address: string) => boolean {
  const trusted = proxyList(trustedProxies);
  return (address) =>
    trustedProxies.length > 0 && trusted.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

function proxyList(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/');
    const kind = isIP(address);
    const family = kind === 4 ? 'ipv4' : 'ipv6';
    const bits = prefix === undefined ? undefined : Number(prefix);
    const isPrefix =
      bits === undefined || (/^\d{1,3}$/.test(prefix ?? '') && bits <= (kind === 4 ? 32 : 128));
    if (kind === 0 || !isPrefix) {
      throw new ConfigError(`TRUSTED_PROXIES: "${entry}" is neither an address nor a network.`);
    }
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, bits, family);
  }
  return list;
}

/** Without the forms proxies add: brackets, a port, a zone, IPv4 inside IPv6. */
function plain(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(given)?.[1] ?? given.replace(/^([\d.]+):\d+$/, '$1');
  const address = bare.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(address) === 0 ? undefined : address;
}

function networkOf(address: string): string {
  if (isIPv4(address)) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':');
    while (groups.length + after.length < 8) groups.push('0');
    groups.push(...after);
  }
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}

import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { clientLocator } from './client-address.ts';

type Request = Pick<IncomingMessage, 'headers' | 'socket'>;

function from(peer: string, headers: Record<string, string> = {}): Request {
  return { headers, socket: { remoteAddress: peer } as IncomingMessage['socket'] };
}

const behind = clientLocator(['10.0.0.0/8', '::1', 'fd00::/8']);
const forwarded = (value: string, peer = '10.0.0.1') =>
  behind(from(peer, { 'x-forwarded-for': value })).address;

describe('where a client is', () => {
  test('without trusted proxies is where its connection comes from, whatever it writes', () => {
    const headers = { 'x-forwarded-for': '1.2.3.4', 'x-forwarded-proto': 'https' };
    const alone = clientLocator();
    expect(alone(from('9.9.9.9', headers))).toEqual({ address: '9.9.9.9', isSecure: false });
    expect(behind(from('9.9.9.9', headers))).toEqual({ address: '9.9.9.9', isSecure: false });
  });

  test.each([
    ['one proxy', '1.2.3.4', '1.2.3.4'],
    ['two proxies', '1.2.3.4, 10.9.9.9', '1.2.3.4'],
    ['what the client wrote itself is before what the proxy saw', '6.6.6.6, 1.2.3.4', '1.2.3.4'],
    ['rubbish of the client', 'rubbish, 1.2.3.4', '1.2.3.4'],
    ['rubbish of a proxy', '1.2.3.4, rubbish', '10.0.0.1'],
    ['nothing', '', '10.0.0.1'],
    ['a port', '1.2.3.4:5678', '1.2.3.4'],
    ['IPv6 with a port', '[2001:db8::5]:443', '2001:db8:0:0::/64'],
    ['IPv4 inside IPv6', '::ffff:1.2.3.4', '1.2.3.4'],
    ['only proxies', '10.1.1.1, 10.2.2.2', '10.1.1.1'],
  ])('behind trusted ones is read from the end: %s', (_, value, address) => {
    expect(forwarded(value)).toBe(address);
    expect(forwarded(value, '::ffff:10.0.0.1')).toBe(address);
  });

  test('a header of a million hops costs little and finds nobody else', () => {
    expect(forwarded(`${'6.6.6.6,'.repeat(1_000)}1.2.3.4`.slice(-16_000))).toBe('1.2.3.4');
    // Nor through more proxies than anybody has.
    expect(forwarded(`6.6.6.6${',10.0.0.9'.repeat(1_000)}`)).toBe('10.0.0.9');
  });

  test('in IPv6 is the network, so that changing addresses in it changes nothing', () => {
    const alone = clientLocator();
    const address = (peer: string) => alone(from(peer)).address;
    expect(address('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(address('2001:DB8:1:2::9')).toBe('2001:db8:1:2::/64');
    expect(address('::1')).toBe('0:0:0:0::/64');
  });

  test('TLS is believed of a trusted proxy alone', () => {
    expect(behind(from('10.0.0.1', { 'x-forwarded-proto': 'https' })).isSecure).toBe(true);
    expect(behind(from('10.0.0.1', { 'x-forwarded-proto': 'http' })).isSecure).toBe(false);
  });

  test.each(['10.0.0.0/33', 'proxy.internal', '10.0.0.1/', '', '::1/129'])(
    'a proxy that cannot be (%j) is refused at the start',
    (entry) => {
      expect(() => clientLocator([entry])).toThrow('TRUSTED_PROXIES');
    },
  );
});

/** Preloaded into a process under test: every attempt to reach somebody is a line on stderr. */
import dgram from 'node:dgram';
import dns from 'node:dns';
import net from 'node:net';

function record(owner: object, method: string, label: string): void {
  const methods = owner as Record<string, (...given: unknown[]) => unknown>;
  const original = methods[method];
  if (!original) throw new Error(`There is no ${method} to watch.`);
  methods[method] = function (this: unknown, ...given: unknown[]) {
    // Listening looks its own address up too; a literal one asks nobody.
    if (label === 'lookup' && net.isIP(String(given[0]))) return original.apply(this, given);
    process.stderr.write(`OUTBOUND ${label} ${JSON.stringify(target(given))}\n`);
    return original.apply(this, given);
  };
}

function target([first, second]: readonly unknown[]): unknown {
  const given = Array.isArray(first) ? first[0] : first;
  if (typeof given !== 'object' || given === null) return [given, second];
  const { host, port, path } = given as Record<string, unknown>;
  return { host, port, path };
}

record(net.Socket.prototype, 'connect', 'connect');
record(dgram.Socket.prototype, 'send', 'datagram');
record(dns, 'lookup', 'lookup');
record(dns.promises, 'lookup', 'lookup');

/** Settings for a server that keeps data people care about: Postgres's defaults, few raised. */
const everywhere = {
  listen_addresses: '127.0.0.1',
  // TCP only: a socket path may be at most 107 bytes long, and checkouts lie deep.
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  // Short queries, often: compiling them costs more than it saves.
  jit: 'off',
  // Nobody replicates it, and a bulk load need not be logged then.
  wal_level: 'minimal',
  max_wal_senders: '0',
  log_checkpoints: 'off',
};

/** For data that is thrown away: nothing is flushed, and a crash of the machine may corrupt it. */
const throwaway = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum_naptime: '1h',
};

/** The settings as arguments of `postgres`. */
export function settingArguments(durable: boolean): readonly string[] {
  const settings = durable ? everywhere : { ...everywhere, ...throwaway };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

import pg from 'pg';

/**
 * Connections to one database, made when first needed. One that is lost fails what waits for it, is
 * replaced when next needed, and does nothing else.
 *
 * The pool listens for errors of a connection while it is idle, and whoever has taken it from when they
 * hear of it, one turn later. Where the server says in one packet that it is ready and that it shuts
 * down, nobody listens in between, and an error nobody listens for ends the process.
 */
export function openPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  const ignore = () => undefined;
  pool.on('connect', (client) => client.on('error', ignore));
  // The pool's own word for an idle connection that was lost.
  pool.on('error', ignore);
  return pool;
}

import { sql } from './sql.ts';

/** How each sign-in of an account stands in its log, oldest first. */
export async function signInsOf(
  { databaseUrl }: { readonly databaseUrl: string },
  email: string,
): Promise<string[]> {
  const rows = await sql(
    databaseUrl,
    `SELECT type FROM security_event JOIN account USING (user_id)
     WHERE email = $1 AND type::text LIKE 'SIGNED_IN%' ORDER BY occurred_at, security_event.id`,
    [email],
  );
  return rows.map(({ type }) => type as string);
}

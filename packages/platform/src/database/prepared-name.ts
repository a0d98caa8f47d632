const MARK = /^\s*\/\* prepared as ([\w-]+) \*\//;

/**
 * The name under which a connection keeps a statement, for one that begins with the comment
 * `/* prepared as some-name *\/`: Postgres then parses and plans it once per connection. Empty for
 * every other, whose plan is made for the values it comes with.
 *
 * Mark what runs very often and has one good plan for all values, name its columns (with `*` it fails
 * after a migration that adds one), and use a name for one text only.
 */
export function preparedName(sql: string): string {
  return MARK.exec(sql)?.[1] ?? '';
}

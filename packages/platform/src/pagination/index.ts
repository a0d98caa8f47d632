export { type Connection, type Edge, type PageInfo, toConnection } from './connection.ts';
export { type CursorList, cursorList, cursorTypes } from './cursor.ts';
export { afterKey, whereAfterKey } from './keyset.ts';
export { type Page, type PageArguments, readPage } from './page.ts';

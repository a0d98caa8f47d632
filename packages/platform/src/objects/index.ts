export { connectObjectStore, objectStoreShape } from './connect-object-store.ts';
export type { ByteRange, ObjectStore, StoredObject } from './object-store.ts';

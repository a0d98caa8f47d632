/** An object of a response, as subgraphs send it and as the gateway builds it. */
export type Data = Record<string, unknown>;

function Bare(this: object): void {}
Bare.prototype = Object.create(null);

/**
 * An empty object without a prototype's properties, so that any response key may be set on it.
 * Unlike `Object.create(null)` its properties stay fast.
 */
export function newData(): Data {
  return new (Bare as unknown as new () => Data)();
}

/** A plain object of a response; lists, dates and other values of scalars are not. */
export function isData(value: unknown): value is Data {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !(value instanceof Date);
}

/** Response keys that every object seems to have, because its prototype does. */
const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Whether reading this key of an object without it finds something else. */
export function isInherited(key: string): boolean {
  return INHERITED.has(key);
}

/** Reads one key of a response object; decided once whether that needs care. */
export function readerOf(key: string): (data: Data) => unknown {
  if (!isInherited(key)) return (data) => data[key];
  return (data) => (Object.hasOwn(data, key) ? data[key] : undefined);
}

/** Sets one key, `__proto__` too. */
export function set(data: Data, key: string, value: unknown): void {
  if (key !== '__proto__') data[key] = value;
  else
    Object.defineProperty(data, key, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
}

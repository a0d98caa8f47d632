import { type Data, isData } from './data.ts';

/** Whether two values of an answer say the same; of anything but JSON only what is identical does. */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (isData(one)) return isData(other) && haveSameKeys(one, other);
  if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) {
    if (!isSame(one[index], other[index])) return false;
  }
  return true;
}

function haveSameKeys(one: Data, other: Data): boolean {
  let keys = 0;
  for (const key in one) {
    if (!Object.hasOwn(other, key) || !isSame(one[key], other[key])) return false;
    keys += 1;
  }
  for (const _ in other) keys -= 1;
  return keys === 0;
}

import type { SubgraphTransport } from '@civitas/platform/subgraph';
import { expect, test } from 'vitest';
import { unreachable } from '../testing/town-gateway.ts';
import { createEndpoints } from './endpoints.ts';

const of = (count: number) => {
  const transports: SubgraphTransport[] = Array.from({ length: count }, () => ({ ...unreachable }));
  const endpoints = createEndpoints(transports);
  const at = (index: number) => {
    const endpoint = endpoints.all[index];
    if (!endpoint) throw new RangeError(`no address ${index}`);
    return endpoint;
  };
  const fail = (index: number, times: number, now: number) => {
    for (let done = 0; done < times; done++) endpoints.failed(at(index), now);
  };
  const chosen = (now: number, times = 12) =>
    new Set(Array.from({ length: times }, () => endpoints.all.indexOf(endpoints.choose(now))));
  return { endpoints, at, fail, chosen };
};

test('equal addresses take turns, and the one with the least to do is preferred', () => {
  const { chosen, at } = of(3);
  expect(chosen(0)).toEqual(new Set([0, 1, 2]));
  at(0).pending = 2;
  at(2).pending = 1;
  expect(chosen(0)).toEqual(new Set([1]));
});

test('three failures in a row leave an address out for a second, then one request tries it', () => {
  const { fail, chosen, at } = of(2);
  fail(0, 2, 0);
  expect(chosen(0)).toEqual(new Set([0, 1]));
  fail(0, 1, 0);
  expect(chosen(999)).toEqual(new Set([1]));
  expect(chosen(1_000)).toEqual(new Set([0, 1]));
  at(0).pending = 1;
  at(1).pending = 5;
  expect(chosen(1_000)).toEqual(new Set([1]));
});

test('a pause doubles with each failure up to half a minute, and ends with a success', () => {
  const { endpoints, fail, at, chosen } = of(2);
  fail(0, 4, 0);
  expect(at(0).ejectedUntil).toBe(2_000);
  fail(0, 50, 0);
  expect(at(0).ejectedUntil).toBe(30_000);
  endpoints.succeeded(at(0));
  expect(chosen(0)).toEqual(new Set([0, 1]));
});

test('a second try goes elsewhere when there is an elsewhere', () => {
  const { endpoints, fail, at } = of(2);
  expect(endpoints.choose(0, at(1))).toBe(at(0));
  fail(0, 3, 0);
  expect(endpoints.choose(0, at(1))).toBe(at(1));
  const alone = of(1);
  expect(alone.endpoints.choose(0, alone.at(0))).toBe(alone.at(0));
});

test('with all of them failing, somebody is still asked', () => {
  const { endpoints, fail, at } = of(2);
  fail(0, 3, 0);
  fail(1, 4, 0);
  expect(endpoints.choose(0)).toBe(at(0));
});

test('a subgraph without an address is refused', () => {
  expect(() => createEndpoints([])).toThrow(RangeError);
});

import { fc } from '@civitas/testkit/random';
import { expect, test } from 'vitest';
import { isId, newId, parseId, seededIds } from './index.ts';

test('a new id is of its own prefix and of no other', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{3}$/), fc.stringMatching(/^[a-z]{3}$/), (mine, other) => {
      const id = newId(mine);
      expect(isId(mine, id)).toBe(true);
      expect(isId(other, id)).toBe(mine === other);
    }),
  );
});

test('seeded ids repeat with their seed and sort by their instant', () => {
  const make = () => {
    let state = 7;
    return seededIds(() => {
      state = (state * 16_807) % 2_147_483_647;
      return state / 2_147_483_647;
    });
  };
  const early = make()('usr', new Date('2024-01-01T00:00:00Z'));
  expect(make()('usr', new Date('2024-01-01T00:00:00Z'))).toBe(early);
  expect(isId('usr', early)).toBe(true);
  expect(make()('usr', new Date('2024-01-01T00:00:00.001Z')) > early).toBe(true);
});

test.each([
  'NOT_A_VALID_ID',
  '',
  'usr_',
  'usr_81h455vb4pex5vsknk084sn02q',
  'USR_01h455vb4pex5vsknk084sn02q',
  'usr_01H455VB4PEX5VSKNK084SN02Q',
  'usr_01h455vb4pex5vsknk084sn02\u0000',
  'usr_01h455vb4pex5vsknk084sn02ql',
  'ord_01h455vb4pex5vsknk084sn02q',
])('%j is refused as a user id with a code and the argument it came from', (value) => {
  expect(() => parseId('usr', value, 'input.userId')).toThrow(
    expect.objectContaining({
      code: 'MALFORMED_ID',
      extensions: { code: 'MALFORMED_ID', argumentPath: 'input.userId', expectedPrefix: 'usr' },
    }),
  );
});

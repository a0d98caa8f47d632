import { expect, onTestFinished, test, vi } from 'vitest';
import { createHeartbeat } from './heartbeat.ts';

test('each member is asked a whole interval after it came, and no more when it has gone', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const heart = createHeartbeat();
  const [one, other] = [{ beat: vi.fn<() => void>() }, { beat: vi.fn<() => void>() }];
  heart.add(one);
  vi.advanceTimersByTime(6_000);
  heart.add(other);
  expect([...heart]).toEqual([one, other]);
  vi.advanceTimersByTime(5_999);
  expect(one.beat).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(one.beat).toHaveBeenCalledTimes(1);
  heart.delete(one);
  vi.advanceTimersByTime(12_000);
  expect([one, other].map(({ beat }) => beat.mock.calls.length)).toEqual([1, 1]);
  heart.stop();
  vi.advanceTimersByTime(12_000);
  expect(other.beat).toHaveBeenCalledTimes(1);
});

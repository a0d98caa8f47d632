/** Lets a steady rate through, and some at once after a rest. */
export interface TokenBucket {
  /** 0 when one more may pass, which is then counted; else the milliseconds to wait. */
  take(nowMs: number): number;
}

/** @param burst how many may pass at once. */
export function createTokenBucket(perSecond: number, burst: number): TokenBucket {
  let tokens = burst;
  let filledAtMs: number | undefined;
  return {
    take: (nowMs) => {
      const elapsedMs = Math.max(0, nowMs - (filledAtMs ?? nowMs));
      tokens = Math.min(burst, tokens + (elapsedMs * perSecond) / 1000);
      filledAtMs = nowMs;
      if (tokens < 1) return Math.ceil(((1 - tokens) * 1000) / perSecond);
      tokens -= 1;
      return 0;
    },
  };
}

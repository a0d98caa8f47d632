/** Who is asked now and then whether somebody is still there. */
interface Beating {
  beat(): void;
}

/** The members that are open, each asked once in an interval. */
export interface Heartbeat<Member extends Beating> extends Iterable<Member> {
  add(member: Member): void;
  delete(member: Member): void;
  stop(): void;
}

/** A client that answers no ping for this long is gone; proxies cut idle sockets after 30–60 s. */
const INTERVAL_MS = 12_000;
/** Ten thousand at once would keep everybody waiting. */
const PARTS = 48;

/** One timer for all members, a part of them at a time. */
export function createHeartbeat<Member extends Beating>(): Heartbeat<Member> {
  const parts = Array.from({ length: PARTS }, () => new Set<Member>());
  const partOf = new WeakMap<Member, Set<Member>>();
  let turn = 0;
  const timer = setInterval(() => {
    turn = (turn + 1) % PARTS;
    for (const member of parts[turn] as Set<Member>) member.beat();
  }, INTERVAL_MS / PARTS);
  timer.unref();
  return {
    add: (member) => {
      // The one whose turn was last: asked a whole interval from now.
      const part = parts[turn] as Set<Member>;
      part.add(member);
      partOf.set(member, part);
    },
    delete: (member) => void partOf.get(member)?.delete(member),
    stop: () => clearInterval(timer),
    *[Symbol.iterator]() {
      for (const part of parts) yield* part;
    },
  };
}

/** Every step of the way of an event between two of which a process can die. */
export const crashPoints = [
  'before publish',
  'after publish, before mark',
  'after handler, before commit',
  'after commit, before acknowledgement',
] as const;

export type CrashPoint = (typeof crashPoints)[number];

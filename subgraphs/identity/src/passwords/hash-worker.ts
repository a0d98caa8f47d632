import { hashSync, verifySync } from '@node-rs/argon2';

/** How much work a hash is; see RFC 9106. */
export interface HashParameters {
  /** KiB. */
  readonly memoryCost: number;
  /** Passes. */
  readonly timeCost: number;
  /** Lanes. */
  readonly parallelism: number;
}

/** What a hashing thread is asked for. */
export type HashJob =
  | { readonly password: string; readonly parameters: HashParameters }
  /** To be compared with a PHC string. */
  | { readonly password: string; readonly passwordHash: string };

/** What a hashing thread runs: makes a PHC string of the password, or says whether the hash is its. */
export default function run(job: HashJob): string | boolean {
  if ('passwordHash' in job) return verifySync(job.passwordHash, job.password);
  return hashSync(job.password, job.parameters);
}

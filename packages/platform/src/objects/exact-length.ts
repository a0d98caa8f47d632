import { Transform } from 'node:stream';

/** Lets exactly so many bytes through, and fails as soon as it is known that there are more or fewer. */
export function exactLength(bytes: number): Transform {
  let seen = 0;
  const wrong = () => new Error(`The source is not ${bytes} bytes long.`);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      done(seen > bytes ? wrong() : null, chunk);
    },
    flush(done) {
      done(seen === bytes ? null : wrong());
    },
  });
}

import fc from 'fast-check';

/** The same draws in every run, so that what is green stays green until somebody changes something. */
const SEED = 20_261_121;

// What the fixed draws miss is found by others now and then: `RANDOM_SEED=$RANDOM npm test`.
fc.configureGlobal({ seed: Number(process.env['RANDOM_SEED'] ?? SEED) });

/** fast-check, drawing the same in every run unless the environment names a `RANDOM_SEED`. */
export { fc };

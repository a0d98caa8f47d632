/** Between gateway and subgraph of the benchmark. */
export const SECRET = 'a secret of the benchmark, long enough';

const FRAGMENTS = `
  fragment User on User { id username name }
  fragment Review on Review { id body }
  fragment Product on Product { inStock name price shippingEstimate upc weight }`;
const OF_PRODUCT = `
  ...Product
  reviews { ...Review author { ...User reviews { ...Review product { ...Product } } } }`;

/** The benchmark's nested query, and two of the size that most clients send. */
export const queries = {
  nested: `${FRAGMENTS}
    query TestQuery { users { ...User reviews { ...Review product { ${OF_PRODUCT} } } } topProducts { ${OF_PRODUCT} } }`,
  middle: '{ topProducts { name price inStock reviews { body author { name } } } }',
  small: '{ users { name } }',
} as const;

/** `counted` has a cursor, `happened` has none, `told` tells what happens from now on; 0 is a gap. */
export const NUMBERS_SDL = /* GraphQL */ `
  type Query { sources: Int! }
  type Subscription { counted(from: Int!): Int happened: Int told: Int }
`;

/** `counted` has a cursor, `happened` has none. */
export const NUMBERS_SDL = /* GraphQL */ `
  type Query { sources: Int! }
  type Subscription { counted(from: Int!): Int happened: Int }
`;

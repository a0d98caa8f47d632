/** What holds in the whole database, each with a query of the rows of which it does not. */
export const audits = {
  'the books are right': 'SELECT rule, subject, detail FROM ledger_violation',
};

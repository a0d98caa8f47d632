/** What holds in the whole database, each with a query of the rows of which it does not. */
export const audits = {
  'an acquaintance says what its encounters say': `
    SELECT * FROM (
      SELECT civilian_id, officer_id, count(*) AS met_count,
        min(occurred_at) AS first_met_at, max(occurred_at) AS last_met_at
      FROM encounter GROUP BY civilian_id, officer_id
    ) AS counted
    FULL JOIN acquaintance AS stated USING (civilian_id, officer_id)
    WHERE (counted.met_count, counted.first_met_at, counted.last_met_at)
      IS DISTINCT FROM (stated.met_count, stated.first_met_at, stated.last_met_at)`,
  'a dispute is answered by a third person': `
    SELECT encounter_id FROM encounter_dispute JOIN encounter ON encounter.id = encounter_id
    WHERE answered_by_id IN (civilian_id, officer_id)`,
};

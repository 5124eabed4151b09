/*
 * What an admin's decision about a person of a SIS is remembered for: exactly what was shown, the record and the accounts beside it, as a
 * hash. Written once for whoever decides and whoever follows, as SQL over their rows. It holds no value that could be read from it.
 */

/** What is shown of a person, on either side. */
export const shownColumns = ["role", "given_name", "family_name", "email", "student_number"] as const;

const valuesOf = (alias: string) => shownColumns.map((column) => `${alias}.${column}`).join(", ");

/** The hash over a record `user` (external_id and what is shown) and `accounts`, as shownAccounts() has them. */
export function evidenceOfShown(user: string, accounts: string): string {
  const shown = `jsonb_build_array(${user}.external_id, ${valuesOf(user)}, coalesce(${accounts}, '[]'))`;
  return `encode(sha256(convert_to(${shown}::text, 'UTF8')), 'hex')`;
}

/** Accounts `a` as they stand in the evidence, to be grouped. */
export const accountsShown = `jsonb_agg(jsonb_build_array(a.id, ${valuesOf("a")}) order by a.id)`;

/**
 * By decision the accounts that were shown with it, as they are now: a relation of integration_id, external_id, evidence and accounts.
 * One that is gone is not among them, so that the hash is another.
 */
export function shownAccounts(district: string, which = "true"): string {
  return `(
      select d.integration_id, d.external_id, d.evidence, ${accountsShown} as accounts
      from (
        select district_id, integration_id, external_id, evidence, unnest(account_ids) as account_id
        from match_decisions
        where district_id = ${district} and taken_back_at is null and ${which}) d
      join accounts a on a.district_id = d.district_id and a.id = d.account_id
      where a.district_id = ${district}
      group by d.integration_id, d.external_id, d.evidence)`;
}

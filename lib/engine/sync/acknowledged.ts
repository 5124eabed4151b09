/**
 * Ends what was said of causes that have no open issue any more, as SQL; part of the transaction that closed the last one.
 * Ids are literals that the caller has checked.
 */
export function endAcknowledgements({ district, integration }: { readonly district: string; readonly integration: string }): string {
  return `delete from issue_acknowledgements a
    where a.district_id = ${district} and a.integration_id = ${integration} and not exists (
      select from issues i where i.district_id = ${district} and i.integration_id = ${integration}
        and i.code = a.code)`;
}

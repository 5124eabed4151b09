/**
 * Whether a run of `sync_runs` was taken back, as SQL over its alias: an undo takes back the run that it names and what was
 * applied between that run and itself.
 */
export function isTakenBack(run: string): string {
  return `exists (
      select from sync_runs back
      where back.district_id = ${run}.district_id
        and back.integration_id = ${run}.integration_id
        and back.state = 'succeeded'
        and back.undoes_from <= ${run}.number
        and back.number > ${run}.number)`;
}

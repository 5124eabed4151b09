/**
 * What becomes of a membership that is planned, as SQL: `incoming` are its role, begin and end; `existing` is an alias of
 * the membership in Aivo.
 */
export const actionOver = (incoming: readonly string[], existing: string) => `case
          when ${existing}.id is null then 'created'
          when ${existing}.status = 'deactivated' then 'reactivated'
          when row(${incoming.join(", ")})
            is distinct from row(${existing}.role, ${existing}.begin_date, ${existing}.end_date) then 'updated'
          else 'unchanged'
        end`;

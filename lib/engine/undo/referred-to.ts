import { execute, isOwn, type UndoContext } from "./context.ts";

/**
 * Of the records that the run created, and that would go, leaves those alone that others refer to which stay; returns
 * how many. Memberships first, then what they belong to.
 */
export async function keepWhatIsReferredTo(context: UndoContext): Promise<number> {
  const rows = await context.sql.unsafe<{ kind: string }[]>(
    `select distinct kind from ${context.read.changes} c where did = 'created' and why is null`,
  );
  const kinds = new Set(rows.map(({ kind }) => kind));
  let count = 0;
  for (const { kind, by, why } of references(context)) {
    if (kinds.has(kind)) count += await keep(context, kind, by, why);
  }
  return count;
}

interface Reference {
  /** Of what. */
  readonly kind: string;
  /** A query of the ids that are referred to by what stays. */
  readonly by: string;
  readonly why: string;
}

/** Rows of a table that stay, as they will be: `c` is what is taken back of them. */
const rowsThatStay = ({ district, read }: UndoContext, table: string) => `${table} t
        left join ${read.changes} c on c.record_id = t.id and c.why is null
        where t.district_id = ${district} and c.did is distinct from 'created'`;
/** A column as it will be. */
const columnAfter = (column: string) => `case when c.before ? '${column}' then (c.before ->> '${column}')::uuid else t.${column} end`;
const itemsAfter = (column: string) => `unnest(case
            when c.before ? '${column}' then array(select jsonb_array_elements_text(c.before -> '${column}')::uuid)
            else t.${column}
          end)`;

function references(context: UndoContext): readonly Reference[] {
  const from = (table: string, id: string) => `select ${id} as id from ${rowsThatStay(context, table)}`;
  const member = "people are in it who stay";
  const place = "classrooms or people belong to it that stay";
  return [
    { kind: "account", by: from("memberships", "t.account_id"), why: "it is in a classroom that stays" },
    { kind: "classroom", by: from("memberships", "t.classroom_id"), why: member },
    { kind: "school", by: from("classrooms", columnAfter("school_id")), why: place },
    { kind: "school", by: from("accounts", itemsAfter("school_ids")), why: place },
    { kind: "course", by: from("classrooms", columnAfter("course_id")), why: place },
    { kind: "term", by: from("classrooms", itemsAfter("term_ids")), why: place },
  ];
}

function keep(context: UndoContext, kind: string, by: string, why: string): Promise<number> {
  return execute(
    context,
    `update ${context.into.changes} u set why = '${why}'
    from (select distinct id from (${by}) r) needed
    where ${isOwn(context, "u")}
      and u.record_id = needed.id
      and u.kind = '${kind}'
      and u.did = 'created'
      and u.why is null`,
  );
}

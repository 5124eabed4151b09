/** What columns of several tables of a staging set have in common (staging.ts). */

/** What a row that is not used says of itself, by column of the mirror (lib/roster/as-read.ts). */
export const asReadColumns = {
  name: "text",
  number: "text",
  code: "text",
  given_name: "text",
  family_name: "text",
  email: "text",
  student_number: "text",
  school_external_id: "text",
  school_external_ids: "text[]",
  class_external_id: "text",
  person_external_id: "text",
} as const;

/** As in `create table`. */
export const id = 'external_id text collate "C" not null';
export const place = `${id}, part text not null, position int not null`;
export const list = (columns: Readonly<Record<string, string>>) =>
  Object.entries(columns)
    .map(([name, type]) => `, ${name} ${type}`)
    .join("");
export const values = (prefix: string, type: string, columns: readonly string[]) =>
  columns.map((name) => `${prefix}${name} ${type}`).join(", ");

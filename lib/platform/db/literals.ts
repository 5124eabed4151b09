/** An id in a statement, checked, so that the planner of Postgres sees it. @throws Error when it is none */
export function uuidLiteral(id: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) throw new Error("not a uuid");
  return `'${id}'::uuid`;
}

export function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

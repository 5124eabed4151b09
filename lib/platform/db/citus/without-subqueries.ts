const opening = "( SELECT ";

/**
 * An expression as the server writes it (`pg_get_expr`), with what each subquery without a table selects in its place: on one PostgreSQL
 * that is evaluated once for a statement instead of for each row, and means the same.
 * @throws Error where a subquery is more than one value of no table
 */
export function withoutSubqueries(expression: string): string {
  const start = expression.lastIndexOf(opening);
  if (start === -1) return expression;
  const end = closingOf(expression, start);
  const [, selected] = /^(.*) AS (?:\w+|"[^"]+")$/s.exec(expression.slice(start + opening.length, end)) ?? [];
  if (selected === undefined || / FROM /.test(selected)) throw new Error(`A policy selects more than a value: ${expression}`);
  return withoutSubqueries(`${expression.slice(0, start)}(${selected})${expression.slice(end + 1)}`);
}

/** Where the parenthesis closes that opens at `start`; those within strings are no parentheses. */
function closingOf(expression: string, start: number): number {
  let depth = 0;
  for (const { 0: token, index } of expression.slice(start).matchAll(/'(?:[^']|'')*'|[()]/g)) {
    if (token === "(") depth++;
    if (token === ")") depth--;
    if (depth === 0) return start + index;
  }
  throw new Error(`A parenthesis of a policy does not close: ${expression}`);
}

/**
 * Of a form's values those that are other ones than when it was opened. Only they are sent: whoever has changed another one meanwhile
 * has changed it.
 */
export function changed<Values extends object>(values: Values, opened: Values): Partial<Values> {
  const before: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(opened));
  const isOther = ([name, value]: readonly [string, unknown]) => JSON.stringify(value) !== JSON.stringify(before[name]);
  return Object.fromEntries(Object.entries(values).filter(isOther)) as Partial<Values>;
}

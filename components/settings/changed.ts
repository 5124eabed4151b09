/**
 * Of a form's values those that are other ones than when it was opened. Only they are sent: whoever has changed another one meanwhile
 * has changed it.
 */
export function changed<Values extends Readonly<Record<string, unknown>>>(values: Values, opened: Values): Partial<Values> {
  const isOther = ([name, value]: readonly [string, unknown]) => JSON.stringify(value) !== JSON.stringify(opened[name]);
  return Object.fromEntries(Object.entries(values).filter(isOther)) as Partial<Values>;
}

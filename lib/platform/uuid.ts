const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether an id from a URL or the command line can be compared with a uuid column; others name nothing. */
export function isUuid(text: string): boolean {
  return pattern.test(text);
}

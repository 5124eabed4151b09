/** PostgreSQL's text of a moment as ISO 8601, which every browser reads alike. */
export function isoOf(text: string): string {
  return new Date(text).toISOString();
}

interface Lifecycle<T> {
  readonly createdAt: T;
  readonly updatedAt: T;
  readonly deactivatedAt: T | null;
}

/** The moments of a record's life, from raw rows. */
export function isoDates(row: Lifecycle<string>): Lifecycle<string> {
  return {
    createdAt: isoOf(row.createdAt),
    updatedAt: isoOf(row.updatedAt),
    deactivatedAt: row.deactivatedAt === null ? null : isoOf(row.deactivatedAt),
  };
}

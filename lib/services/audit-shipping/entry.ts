/** An entry of the audit log as it stands in the chain: ids, codes and counts (lib/platform/audit.ts). */
export interface Entry {
  readonly districtId: string;
  readonly seq: number;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
  readonly actorKind: string;
  readonly actorId: string | null;
  readonly action: string;
  readonly targetKind: string;
  readonly targetId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly previousHash: string;
  readonly hash: string;
}

/** An entry as a line of JSON, with all that its hash is made of: whoever has the lines can recompute the chain (docs/security.md). */
export function entryLine(entry: Entry): string {
  const { districtId, seq, at, actorKind, actorId, action, targetKind, targetId, details, previousHash, hash } = entry;
  return JSON.stringify({ districtId, seq, at, actorKind, actorId, action, targetKind, targetId, details, previousHash, hash });
}

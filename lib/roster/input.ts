/** bulk: this is everything; what is missing is withdrawn. delta: only these. absent: not delivered, not touched. */
export type ReadMode = "bulk" | "delta" | "absent";

export interface InputPart {
  readonly name: string;
  readonly bytes: number;
  /** ISO 8601, where the SIS tells. */
  readonly modified: string | null;
  readonly sha256: string | null;
}

import type { Figure } from "./aims.ts";
import type { TableOnDisk } from "./disk.ts";
import type { MeasuredRun } from "./run.ts";
import type { machine } from "./stage.ts";

export interface Table {
  readonly machine: ReturnType<typeof machine>;
  readonly database: Readonly<Record<string, string>>;
  readonly figures: readonly Figure[];
  /** After the first sync of the largest district. */
  readonly disk: { readonly enrollments: number; readonly tables: readonly TableOnDisk[] } | null;
  /** Every run that was measured, as it recorded itself. */
  readonly runs: readonly { readonly what: string; readonly run: MeasuredRun }[];
}

/** What a measurement adds to the table. */
export interface Measured {
  readonly figures: readonly Figure[];
  readonly runs: Table["runs"];
  readonly database: Readonly<Record<string, string>>;
  readonly disk?: Table["disk"];
}

import { formatBytes, formatCount, formatNumber } from "#lib/platform/format/number.ts";
import { rosteredCollections } from "#lib/roster/canonical.ts";
import type { RunInput } from "#lib/services/runs/schema.ts";
import { countedRows } from "./waterfall/part-rows.ts";

/** One thing that the proof of a read says: what, and by what one knows. */
export interface ProofLine {
  readonly what: string;
  readonly how: string;
}

export interface Proof {
  /** "Read to the last row". */
  readonly title: string;
  /** "6 of 6 files, 12,370 rows". */
  readonly sum: string;
  readonly lines: readonly ProofLine[];
}

/** Whether the run read everything, only changes or only one person. Since when, a note of the source says. */
function titleOf({ modes, parts }: Pick<RunInput, "modes" | "parts">): string {
  // The roles of OneRoster 1.2 come with people; other versions have none of their own.
  const all = rosteredCollections.map((collection) => modes[collection]);
  if ([...all, modes.roles ?? "absent"].every((mode) => mode === "absent")) return "Read that nothing has changed";
  if (all.every((mode) => mode === "delta")) return "Read every change since the last sync";
  const isFiles = parts.every(({ name }) => !name.startsWith("/"));
  if (all.includes("absent") && !all.includes("bulk")) return isFiles ? "Read every change that was sent" : "Read one person";
  return all.includes("delta") ? "Read everything, of some lists what changed" : "Read to the last row";
}

/** Why it is known that a read was complete. `told`: what the source noted as its proof, a line per list. */
export function proofOf(input: RunInput, told: string | null): Proof {
  const { parts, rows } = input;
  const isFiles = parts.every(({ name }) => !name.startsWith("/"));
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  const things = isFiles ? formatCount(parts.length, "file") : formatCount(parts.length, "list");
  return {
    title: titleOf(input),
    sum: `${formatNumber(parts.length)} of ${things}, ${formatCount(total, "row")}`,
    lines: isFiles ? [...promised(told), ...ofFiles(input)] : ofLists(input, told),
  };
}

/** "manifest.csv names 6 roster files: 6 found" */
function promised(told: string | null): ProofLine[] {
  return (told ?? "")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [what = line, how = ""] = line.split(": ");
      return { what, how };
    });
}

function ofFiles({ parts, rows }: RunInput): ProofLine[] {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  return [
    { what: "Each file ends where its size says", how: formatBytes(bytes) },
    { what: "None changed while it was read", how: "the same at the end" },
    ...parts.map(({ name, bytes: size }) => {
      const count = countedRows(name, rows);
      return { what: name, how: `${count === null ? "" : `${formatCount(count, "row")}, `}${formatBytes(size)}` };
    }),
  ];
}

/** "/users: 12 pages, 11,420 records, …" → "users", "12 pages, 11,420 records, …" */
function ofLists({ parts }: RunInput, told: string | null): ProofLine[] {
  const lines = (told ?? "").split("\n").filter((line) => line !== "");
  if (lines.length === 0) return parts.map(({ name, bytes }) => ({ what: name.replace(/^\//, ""), how: formatBytes(bytes) }));
  return lines.map((line) => {
    const [, name, how] = /^\/([^:]+): (.*)$/.exec(line) ?? [];
    return name && how ? { what: name, how } : { what: line, how: "" };
  });
}

/** Of files whose server tells their age, those that the sync before read as they are, by name; null: nothing to compare. */
export function olderThanBefore(parts: RunInput["parts"], before: RunInput["parts"]): readonly string[] | null {
  const then = new Map(before.map(({ name, modified }) => [name, modified]));
  const told = parts.filter(({ name, modified }) => modified !== null && (then.get(name) ?? null) !== null);
  if (told.length === 0) return null;
  return told.filter(({ name, modified }) => (modified ?? "") <= (then.get(name) ?? "")).map(({ name }) => name);
}

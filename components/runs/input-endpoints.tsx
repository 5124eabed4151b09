import { CircleCheck } from "lucide-react";
import { DateTime } from "#components/ui/date-time.tsx";
import { formatBytes } from "#lib/platform/format/number.ts";
import type { RunInput } from "#lib/services/runs/schema.ts";
import { InputNotes, NotRostered } from "./input-files.tsx";
import { RowAccount } from "./row-account.tsx";

export interface InputEndpointsProps {
  readonly input: RunInput;
  /** How each endpoint is known to have been read to its end (lib/engine/sis/source.ts, `proof`); null before that is known. */
  readonly proof: string | null;
}

/** What the SIS's endpoints answered: how much, how it is known to be all, and what Aivo does not roster. */
export function InputEndpoints({ input, proof }: InputEndpointsProps) {
  const lines = (proof ?? "").split("\n").filter((line) => line !== "");
  const proofOf = (endpoint: string) => lines.find((line) => line.startsWith(`${endpoint}:`) || line.startsWith(`${endpoint} `));
  const rest = lines.filter((line) => !input.parts.some(({ name }) => proofOf(name) === line));
  return (
    <div className="grid gap-4">
      <p className="text-sm font-medium">{readInWords(input)}</p>
      <ul className="divide-y divide-line text-sm">
        {input.parts.map(({ name, bytes, modified }) => (
          <li key={name} className="grid gap-0.5 py-2 first:pt-0">
            <span className="flex justify-between gap-4">
              <span className="font-medium break-all">{name}</span>
              <span className="text-muted tabular-nums">{formatBytes(bytes)}</span>
            </span>
            {proofOf(name) ? <Proof>{withoutEndpoint(name, proofOf(name) ?? "")}</Proof> : null}
            {modified ? (
              <span className="text-small text-muted">
                Latest change <DateTime at={modified} />
              </span>
            ) : null}
          </li>
        ))}
      </ul>
      {rest.length > 0 ? (
        <ul className="grid gap-1">
          {rest.map((line) => (
            <li key={line}>
              <Proof>{line}</Proof>
            </li>
          ))}
        </ul>
      ) : null}
      <NotRostered counts={input.notRostered} />
      {input.became ? <RowAccount became={input.became} /> : null}
      <InputNotes notes={input.notes} />
    </div>
  );
}

/** Whether the run read everything, only changes or only one person, in words. Since when, a note of the source says. */
export function readInWords({ modes }: Pick<RunInput, "modes">): string {
  const all = Object.values(modes);
  if (all.every((mode) => mode === "delta")) return "Only changes since the last sync were read.";
  if (all.includes("absent") && !all.includes("bulk")) return all.includes("delta") ? "Only one person was read." : "Nothing was read.";
  if (all.some((mode) => mode === "delta"))
    return "Of some endpoints only the changes since the last sync were read, of the others everything.";
  return "Everything was read.";
}

function Proof({ children }: { readonly children: string }) {
  return (
    <span className="flex gap-1.5 text-small text-muted">
      <CircleCheck aria-hidden className="mt-0.5 size-3.5 shrink-0 text-good" />
      <span>
        <span className="sr-only">Proof of completeness: </span>
        <span className="inline-block first-letter:uppercase">{children}</span>
      </span>
    </span>
  );
}

/** "/users (changes only): 2 pages …" → "changes only: 2 pages …" */
function withoutEndpoint(endpoint: string, line: string): string {
  return line
    .slice(endpoint.length)
    .replace(/^ \(([^)]*)\):/, "$1:")
    .replace(/^:\s*/, "");
}

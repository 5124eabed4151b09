import { clsx } from "clsx";
import { CircleAlert, CircleCheck, CircleDashed, LoaderCircle, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { CheckSample, CheckStep } from "./check-step.ts";

const looks = {
  running: { icon: LoaderCircle, tone: "text-accent animate-spin", word: "running" },
  passed: { icon: CircleCheck, tone: "text-good", word: "passed" },
  failed: { icon: CircleAlert, tone: "text-harm", word: "failed" },
  warning: { icon: TriangleAlert, tone: "text-ask", word: "needs a look" },
  skipped: { icon: CircleDashed, tone: "text-muted", word: "skipped" },
} as const satisfies Record<CheckStep["state"], unknown>;

export interface CheckStepsProps {
  readonly steps: readonly CheckStep[];
  /** What to offer at the step that shows a host key. */
  readonly hostKeyAction: (fingerprint: string) => ReactNode;
}

/** The steps of Test Connection: what was seen, and where one failed, why and what to do. */
export function CheckSteps({ steps, hostKeyAction }: CheckStepsProps) {
  return (
    <ol className="divide-y divide-line" aria-label="Steps of the connection test">
      {steps.map((step) => (
        <li key={step.id} className="grid gap-2 py-3 first:pt-0 last:pb-0">
          <StepLine step={step} />
          {step.cause || step.remedy ? (
            <div className="ml-7 grid gap-1 text-sm">
              {step.cause ? <p>{step.cause}</p> : null}
              {step.remedy ? (
                <p>
                  <span className="font-semibold">What to do: </span>
                  {step.remedy}
                </p>
              ) : null}
            </div>
          ) : null}
          {step.hostKeyFingerprint ? <div className="ml-7">{hostKeyAction(step.hostKeyFingerprint)}</div> : null}
          {step.sample ? <Sample sample={step.sample} /> : null}
        </li>
      ))}
    </ol>
  );
}

function StepLine({ step }: { readonly step: CheckStep }) {
  const { icon: Icon, tone, word } = looks[step.state];
  return (
    <div className="flex gap-2.5 text-sm">
      <Icon aria-hidden className={clsx("mt-0.5 size-[1.125rem] shrink-0", tone)} />
      <div className="min-w-0">
        <p className={clsx("font-medium", step.state === "skipped" && "text-muted")}>
          {step.name}{" "}
          <span className={step.state === "passed" || step.state === "running" ? "sr-only" : "font-normal text-muted"}>{word}</span>
        </p>
        {step.evidence.map((line) => (
          <p key={line} className="text-small break-words text-muted">
            {line}
          </p>
        ))}
      </div>
    </div>
  );
}

/** The first rows of a file, or records of an endpoint, as Aivo understands them. */
function Sample({ sample }: { readonly sample: CheckSample }) {
  const skipped = sample.rows.filter((row) => row.skipped !== null).length;
  const isEndpoint = sample.part.startsWith("/");
  const noun = isEndpoint ? "records" : "rows";
  return (
    <details className="ml-7 min-w-0 text-sm">
      <summary className="cursor-pointer rounded text-muted hover:text-ink">
        First {sample.rows.length} {noun} of {sample.part}
        {skipped > 0 ? `, ${skipped} would be skipped` : ""}
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, which a keyboard does on what has focus */}
      <section aria-label={`First ${noun} of ${sample.part}`} tabIndex={0} className="mt-2 overflow-x-auto rounded-md border border-line">
        <table className="w-full border-collapse text-small">
          <thead>
            <tr className="border-b border-line bg-sunken">
              <th scope="col" className="px-2.5 py-1.5 text-right font-semibold text-muted">
                {isEndpoint ? "No." : "Line"}
              </th>
              {sample.columns.map((column) => (
                <th key={column} scope="col" className="px-2.5 py-1.5 text-left font-semibold whitespace-nowrap text-muted">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {sample.rows.map((row) => (
              <SampleRow key={row.line} row={row} columns={sample.columns} />
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}

function SampleRow({ row, columns }: { readonly row: CheckSample["rows"][number]; readonly columns: readonly string[] }) {
  // Parents and districts are left aside by design; whatever else is skipped deserves a look.
  const isByDesign = row.skipped?.startsWith("not rostered") ?? false;
  const frame = row.skipped === null ? undefined : isByDesign ? "bg-sunken/60 text-muted" : "bg-sunken";
  return (
    <>
      <tr className={frame}>
        <th scope="row" className="px-2.5 py-1.5 text-right font-normal text-muted tabular-nums">
          {row.line}
        </th>
        {columns.map((column, index) => (
          <td key={column} className="max-w-64 truncate px-2.5 py-1.5 whitespace-nowrap">
            {row.values[index] || <span className="text-muted">–</span>}
          </td>
        ))}
      </tr>
      {row.skipped === null ? null : (
        <tr className={frame}>
          <td />
          <td colSpan={columns.length} className={clsx("px-2.5 pb-1.5", isByDesign ? "text-muted" : "text-ask")}>
            {row.skipped}
          </td>
        </tr>
      )}
    </>
  );
}

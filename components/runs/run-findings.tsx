import Link from "next/link";
import { AboutLink } from "#components/help/about-link.tsx";
import { Card } from "#components/ui/card.tsx";
import type { FindingView, RecordRef } from "#lib/services/runs/schema.ts";
import { ChangedFields } from "./change-list.tsx";

export interface RunFindingsProps {
  readonly findings: readonly FindingView[];
  /** What the findings are: why it waits, or worth knowing. */
  readonly lead: string;
  /** Null where a record has no page of its own. */
  readonly recordHref: (record: RecordRef) => string | null;
  readonly changesHref: string;
  /** Where what was withheld waits; null: nothing was applied yet. */
  readonly withheldHref: string | null;
}

/** What the guard's detectors said of a plan, each with what to check and a few of the changes that show it. */
export function RunFindings({ findings, lead, recordHref, changesHref, withheldHref }: RunFindingsProps) {
  if (findings.length === 0) return null;
  return (
    <Card
      title={lead}
      actions={
        <Link href={changesHref} className="text-link text-sm">
          All changes of the plan
        </Link>
      }
      flush
    >
      <ul className="grid">
        {grouped(findings).map(({ detector, title, level, sentences, checks, examples }) => (
          <li key={`${title} ${level}`} className="grid gap-2 border-t border-line py-4">
            <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
              <h3 className="text-sm font-semibold">{title}</h3>
              <p className="text-small">
                <AboutLink page="guard" anchor={detector}>
                  About this
                </AboutLink>
              </p>
            </div>
            {sentences.length === 1 ? (
              <p className="max-w-prose text-sm">{sentences[0]}</p>
            ) : (
              <ul className="grid max-w-prose list-disc gap-1 pl-5 text-sm">
                {sentences.map((sentence) => (
                  <li key={sentence}>{sentence}</li>
                ))}
              </ul>
            )}
            {level === "withhold" ? (
              <p className="max-w-prose text-sm text-muted">
                <span className="font-medium text-ink">Withheld: </span>
                {withheldHref === null ? (
                  "what is in doubt is not part of this plan."
                ) : (
                  <>
                    what is in doubt{" "}
                    <Link href={withheldHref} className="text-link">
                      waits for a decision
                    </Link>
                    ; everything else was applied.
                  </>
                )}
              </p>
            ) : null}
            {level === "hold" || level === "withhold" ? (
              <p className="max-w-prose text-sm text-muted">
                <span className="font-medium text-ink">What to check: </span>
                {checks.join(" ")}
              </p>
            ) : null}
            {examples.length > 0 ? <Examples title={title} examples={examples} recordHref={recordHref} /> : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}

interface Group {
  readonly detector: string;
  readonly title: string;
  readonly level: FindingView["level"];
  readonly sentences: readonly string[];
  readonly checks: readonly string[];
  readonly examples: FindingView["examples"];
}

const mostExamples = 5;

/** What one detector said of several schools, lists or fields is one matter, with the same few examples. */
function grouped(findings: readonly FindingView[]): Group[] {
  const groups = Map.groupBy(findings, ({ title, level }) => `${title} ${level}`);
  return [...groups.values()].flatMap((all) => {
    const [first] = all;
    if (!first) return [];
    // One of each in turn, so that each sentence has somebody to look at.
    const inTurn = Array.from({ length: mostExamples }, (_, n) => all.flatMap(({ examples }) => examples[n] ?? [])).flat();
    const examples = [...new Map(inTurn.map((change) => [change.seq, change])).values()].slice(0, mostExamples);
    const checks = [...new Set(all.map(({ check }) => check))];
    const [check = ""] = checks;
    return [
      {
        detector: first.detector,
        title: first.title,
        level: first.level,
        sentences: all.map(({ sentence }) => sentence),
        checks: checks.length > 2 ? [check, "The same goes for the others."] : checks,
        examples,
      },
    ];
  });
}

interface ExamplesProps extends Pick<Group, "title" | "examples"> {
  readonly recordHref: (record: RecordRef) => string | null;
}

function Examples({ title, examples, recordHref }: ExamplesProps) {
  return (
    <table className="mt-1 w-full max-w-3xl text-sm">
      <caption className="sr-only">Examples: {title}</caption>
      <thead className="text-left text-small text-muted">
        <tr>
          <th scope="col" className="py-1 pr-4 font-medium">
            For example
          </th>
          <th scope="col" className="py-1 font-medium">
            In Aivo today → after this sync
          </th>
        </tr>
      </thead>
      <tbody>
        {examples.map((change) => {
          const href = change.record ? recordHref(change.record) : null;
          return (
            <tr key={change.seq} className="border-t border-line align-top">
              <th scope="row" className="py-1.5 pr-4 text-left font-medium">
                {href === null ? (
                  change.label
                ) : (
                  <Link href={href} className="text-link">
                    {change.label}
                  </Link>
                )}
              </th>
              <td className="py-1.5">
                <ChangedFields change={change} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

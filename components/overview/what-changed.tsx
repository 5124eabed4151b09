import Link from "next/link";
import { entityWords, linkedOf, nameOfRun } from "#components/runs/run-words.ts";
import { Card } from "#components/ui/card.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import { entities } from "#lib/roster/canonical.ts";
import type { IntegrationSummary, RunSummary } from "#lib/services/integrations/schema.ts";
import type { OverviewLinks } from "./links.ts";

const actions = [
  { key: "created", word: "added" },
  { key: "reactivated", word: "came back" },
  { key: "updated", word: "updated" },
  { key: "deactivated", word: "withdrawn" },
  { key: "linked", word: "linked" },
  { key: "removed", word: "removed again" },
  { key: "unlinked", word: "unlinked" },
] as const;

/** What the last good sync of each integration changed. */
export function WhatChanged({
  integrations,
  links,
}: {
  readonly integrations: readonly IntegrationSummary[];
  readonly links: OverviewLinks;
}) {
  const synced = integrations.flatMap((one) => (one.lastSuccess === null ? [] : [{ one, run: one.lastSuccess }]));
  return (
    <Card title="What changed last">
      {synced.length === 0 ? (
        <p className="text-sm text-muted">No sync has finished yet.</p>
      ) : (
        <ul className="grid gap-5">
          {synced.map(({ one, run }) => (
            <li key={one.id} className="grid gap-2">
              <p className="text-sm">
                <Link href={links.changes(one.id, run.id)} className="text-link font-medium">
                  {one.name}
                </Link>
                <span className="block text-muted">
                  {nameOfRun(run)}, ended <DateTime at={run.finishedAt ?? run.queuedAt} />
                </span>
              </p>
              <ChangeLines run={run} isWithheld={one.withheld !== null} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function ChangeLines({ run, isWithheld }: { readonly run: RunSummary; readonly isWithheld: boolean }) {
  const lines = linesOf(run);
  const linked = linkedOf(run);
  if (lines.length === 0 || linked === run.changeCount) {
    return (
      <p className="text-sm text-muted">
        {linked > 0
          ? `No values: ${formatCount(linked, "record")} that Aivo had already ${linked === 1 ? "was" : "were"} found in this SIS.`
          : isWithheld
            ? "Nothing: what the SIS says differently waits for a decision."
            : "Nothing: Aivo already matched the SIS."}
      </p>
    );
  }
  return (
    <ul className="grid gap-1 text-sm">
      {lines.map((line) => (
        <li key={line.title} className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4">
          <span>{line.title}</span>
          <span className="text-right text-pretty text-muted tabular-nums">{line.text}</span>
        </li>
      ))}
    </ul>
  );
}

function linesOf(run: RunSummary): readonly { readonly title: string; readonly text: string }[] {
  return entities.flatMap((entity) => {
    const totals = run.totals?.[entity];
    if (!totals) return [];
    const parts = actions.filter(({ key }) => (totals[key] ?? 0) > 0).map(({ key, word }) => `${formatNumber(totals[key] ?? 0)} ${word}`);
    return parts.length === 0 ? [] : [{ title: entityWords[entity].title, text: parts.join(", ") }];
  });
}

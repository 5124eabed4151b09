"use client";
import { useRouter } from "next/navigation";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { formatDay } from "#lib/platform/format/date-time.ts";
import type { Blackout } from "#lib/services/blackouts/schema.ts";
import type { BlackoutInput } from "./blackout-dialog.tsx";
import { AddBlackoutDates } from "./settings-dialogs.tsx";
import type { Answer } from "./types.ts";

export interface BlackoutDatesProps {
  readonly blackouts: readonly Blackout[];
  /** The one that today lies in. */
  readonly today: Blackout | null;
  readonly timezone: string;
  readonly add: (input: BlackoutInput) => Promise<Answer>;
  readonly remove: (id: string) => Promise<Answer>;
}

const daysOf = ({ firstDay, lastDay }: Blackout) =>
  firstDay === lastDay ? formatDay(firstDay) : `${formatDay(firstDay)} to ${formatDay(lastDay)}`;

/** The days on which no scheduled sync starts. */
export function BlackoutDates({ blackouts, today, timezone, add, remove }: BlackoutDatesProps) {
  const router = useRouter();
  return (
    <section aria-labelledby="blackouts" className="border-t border-line py-3">
      <div className="flex items-center justify-between gap-3">
        <h3 id="blackouts" className="eyebrow">
          Blackout dates
        </h3>
        <AddBlackoutDates add={add} timezone={timezone} />
      </div>
      {blackouts.length === 0 ? (
        <p className="text-sm text-muted">None</p>
      ) : (
        <ul className="grid gap-2">
          {blackouts.map((one) => (
            <li key={one.id} className="flex flex-wrap items-start justify-between gap-x-3 gap-y-1 text-sm">
              <span className="grid min-w-0 gap-0.5">
                <span className="flex flex-wrap items-center gap-2">
                  {daysOf(one)}
                  {one.id === today?.id ? <Badge tone="warn">Today</Badge> : null}
                  {one.integrationId === null ? <Badge>All integrations</Badge> : null}
                </span>
                <span className="text-small break-words text-muted">{one.note}</span>
              </span>
              <ConfirmDialog
                trigger={
                  <Button size="sm" variant="quiet" aria-label={`Remove the blackout of ${daysOf(one)}`}>
                    Remove
                  </Button>
                }
                title={`Remove the blackout of ${daysOf(one)}?`}
                confirmLabel="Remove it"
                tone="primary"
                onConfirm={async () => {
                  const answer = await remove(one.id);
                  router.refresh();
                  return answer.ok ? null : answer.message;
                }}
              >
                <p>
                  Scheduled syncs start on these days again
                  {one.integrationId === null ? ", for every integration of the district" : ""}.
                </p>
              </ConfirmDialog>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

"use client";
import { useRouter } from "next/navigation";
import { useEffect, useState, useTransition } from "react";
import type { Result } from "#components/settings/result.ts";
import { unreachable } from "#components/settings/result.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Tone } from "#components/ui/tone.ts";
import { Two } from "#components/ui/two.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import type { DeliveryRow } from "#lib/services/notices/schema.ts";

export interface DeliveryListProps {
  readonly title: string;
  readonly lead: string;
  readonly rows: readonly DeliveryRow[];
  /** Whether there are several recipients, so that each row names its own. */
  readonly namesRecipient?: boolean;
  readonly sendAgain: (id: string) => Promise<Result>;
}

const stateWords: Record<DeliveryRow["state"], { readonly label: string; readonly tone: Tone }> = {
  waiting: { label: "Waiting", tone: "info" },
  sent: { label: "Sent", tone: "neutral" },
  "given-up": { label: "Given up", tone: "warn" },
  off: { label: "Not sent: email is off", tone: "neutral" },
};

/** The latest messages and how they went. While one waits that was just asked for, the page looks again by itself. */
export function DeliveryList({ title, lead, rows, namesRecipient = false, sendAgain }: DeliveryListProps) {
  useRenewal(rows);
  const columns: readonly Column<DeliveryRow>[] = [
    {
      key: "message",
      header: "Message",
      width: "38%",
      cell: (row) => (
        <Two under={namesRecipient ? (row.recipient ?? "Removed") : null}>
          <span className="font-strong">{row.title}</span>
        </Two>
      ),
    },
    { key: "written", header: "Written", cell: (row) => <DateTime at={row.createdAt} /> },
    {
      key: "state",
      header: "State",
      cell: (row) => (
        <Two under={howItWent(row)}>
          <StateBadge tone={stateWords[row.state].tone}>{stateWords[row.state].label}</StateBadge>
        </Two>
      ),
    },
    { key: "again", header: "Again", align: "end", cell: (row) => <SendAgain row={row} sendAgain={sendAgain} /> },
  ];
  return (
    <Card title={title} lead={lead} flush>
      <DataTable
        caption={title}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        pending={false}
        error={null}
        emptyState={<EmptyState title="Nothing was sent yet">Messages are listed here for 90 days.</EmptyState>}
      />
    </Card>
  );
}

function howItWent({ state, attempts, answer, nextAttemptAt }: DeliveryRow) {
  const tries = attempts > 0 ? `${answer ?? "no answer yet"} after ${formatCount(attempts, "try", "tries")}` : "";
  if (state !== "waiting") return tries;
  return (
    <>
      {tries === "" ? "" : `${tries}, `}
      {nextAttemptAt === null ? null : (
        <>
          next try <DateTime at={nextAttemptAt} as="sentence" />
        </>
      )}
    </>
  );
}

function SendAgain({ row, sendAgain }: { readonly row: DeliveryRow } & Pick<DeliveryListProps, "sendAgain">) {
  const router = useRouter();
  const [pending, begin] = useTransition();
  const click = () =>
    begin(async () => {
      const result = await sendAgain(row.id).catch(() => unreachable);
      if (!result.ok) toast({ tone: "bad", title: result.message });
      router.refresh();
    });
  return (
    <Button size="sm" pending={pending} onClick={click} aria-label={`Send again: ${row.title}`}>
      Send again
    </Button>
  );
}

const looksAgainMs = 2_000;
const looksMost = 15;

/** Looks again every two seconds, for half a minute, while a message has not been tried. */
function useRenewal(rows: readonly DeliveryRow[]): void {
  const router = useRouter();
  const [looks, setLooks] = useState(0);
  const fresh = rows
    .filter((row) => row.state === "waiting" && row.attempts <= 1)
    .map(({ id }) => id)
    .join();
  useEffect(() => {
    if (fresh === "" || looks >= looksMost) return;
    const timer = setTimeout(() => {
      setLooks(looks + 1);
      router.refresh();
    }, looksAgainMs);
    return () => clearTimeout(timer);
  }, [fresh, looks, router]);
}

import type { Result } from "#components/settings/result.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import type { Tone } from "#components/ui/tone.ts";
import { Two } from "#components/ui/two.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import type { DeliveryRow } from "#lib/services/notices/schema.ts";
import { LookAgain, SendAgain } from "./send-again.tsx";

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
    { key: "again", header: "Again", align: "end", cell: (row) => <SendAgain id={row.id} title={row.title} sendAgain={sendAgain} /> },
  ];
  return (
    <Card title={title} lead={lead} flush>
      <LookAgain fresh={freshOf(rows)} />
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

/** The messages that were just asked for and have not been tried twice. */
function freshOf(rows: readonly DeliveryRow[]): string {
  return rows
    .filter((row) => row.state === "waiting" && row.attempts <= 1)
    .map(({ id }) => id)
    .join();
}

import { Card } from "#components/ui/card.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { KeyValue } from "#components/ui/key-value.tsx";
import type { ReadingFacts } from "#lib/services/integrations/schema.ts";
import { ChangeFullRead } from "./full-read-dialog.tsx";
import type { Answer } from "./types.ts";

export interface ReadingCardProps {
  readonly reading: ReadingFacts;
  readonly save: (days: string) => Promise<Answer>;
}

/** How much a sync reads, and when everything is compared again. */
export function ReadingCard({ reading, save }: ReadingCardProps) {
  const { fullReadDays, onlyFull, lastFullAt, lastRead } = reading;
  return (
    <Card title="What a sync reads" actions={<ChangeFullRead days={fullReadDays} save={save} />}>
      <p className="mb-4 text-sm">
        {fullReadDays === 0 ? (
          <>
            <strong>Everything</strong>, each time.
          </>
        ) : onlyFull !== null ? (
          <>
            <strong>Everything</strong>, each time, {because[onlyFull]}
          </>
        ) : (
          <>
            <strong>Only what changed</strong>, and everything at least{" "}
            <strong>{fullReadDays === 1 ? "once a day" : `every ${fullReadDays} days`}</strong>. At any doubt about the changes, a sync
            reads everything.
          </>
        )}
      </p>
      <KeyValue
        items={[
          { label: "Last sync", value: lastRead === null ? "None yet" : lastRead === "changes" ? "Read only changes" : "Read everything" },
          { label: "Last full read", value: lastFullAt ? <DateTime at={lastFullAt} /> : "None yet" },
          { label: "Next full read", value: <NextFullRead reading={reading} /> },
        ]}
      />
    </Card>
  );
}

const because: Record<NonNullable<ReadingFacts["onlyFull"]>, string> = {
  "no-events":
    "because Clever has given Aivo no events yet that would tell what changed. To have them, switch on “Enable events” in Clever's developer dashboard, under Settings → Integrations of the application.",
  "too-many-unknown": "because too many members of Clever's sections are people whom Aivo does not roster.",
  "no-filter": "because the SIS did not show that it can tell what changed.",
};

function NextFullRead({ reading: { fullFrom, nextFullAt } }: { readonly reading: ReadingFacts }) {
  if (nextFullAt) return <DateTime at={nextFullAt} />;
  if (fullFrom === null) return "The next sync";
  return (
    <>
      The first sync after <DateTime at={fullFrom} />
    </>
  );
}

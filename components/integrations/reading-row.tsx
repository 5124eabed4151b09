import type { ReactNode } from "react";
import { DateTime } from "#components/ui/date-time.tsx";
import type { ReadingFacts } from "#lib/services/integrations/schema.ts";
import { SettingRow } from "./setting-row.tsx";
import { ChangeFullRead } from "./settings-dialogs.tsx";
import type { Answer } from "./types.ts";

export interface ReadingRowProps {
  readonly reading: ReadingFacts;
  readonly save: (days: string) => Promise<Answer>;
}

/** How much a sync reads, and when everything is compared again. */
export function ReadingRow({ reading, save }: ReadingRowProps) {
  const { fullReadDays, onlyFull, lastFullAt } = reading;
  return (
    <SettingRow
      label="What a sync reads"
      action={<ChangeFullRead days={fullReadDays} save={save} />}
      detail={
        <>
          {onlyFull === null || fullReadDays === 0 ? null : <span className="block">{because[onlyFull]}</span>}
          {lastFullAt === null ? "Nothing was read in full yet. " : null}
          {lastFullAt === null ? null : (
            <span className="block">
              Read in full on <DateTime at={lastFullAt} />
            </span>
          )}
          <span className="block">
            Next full read: <NextFullRead reading={reading} />
          </span>
        </>
      }
    >
      {modeOf(reading)}
    </SettingRow>
  );
}

function modeOf({ fullReadDays, onlyFull }: ReadingFacts): ReactNode {
  if (fullReadDays === 0 || onlyFull !== null) return "Everything, each time";
  return `Only what changed, and everything at least ${fullReadDays === 1 ? "once a day" : `every ${fullReadDays} days`}`;
}

const because: Record<NonNullable<ReadingFacts["onlyFull"]>, string> = {
  "no-events":
    "Clever has given Aivo no events yet that would tell what changed. To have them, switch on “Enable events” in Clever's developer dashboard, under Settings → Integrations of the application.",
  "too-many-unknown": "Too many members of Clever's sections are people whom Aivo does not roster.",
  "no-filter": "The SIS did not show that it can tell what changed.",
};

function NextFullRead({ reading: { fullFrom, nextFullAt } }: { readonly reading: ReadingFacts }) {
  if (nextFullAt) return <DateTime at={nextFullAt} />;
  if (fullFrom === null) return "the next sync";
  return (
    <>
      the first sync after <DateTime at={fullFrom} />
    </>
  );
}

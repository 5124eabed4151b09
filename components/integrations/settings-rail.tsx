import type { ReactNode } from "react";
import { Card } from "#components/ui/card.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { formatDay } from "#lib/platform/format/date-time.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import type { IntegrationDetail } from "#lib/services/integrations/schema.ts";
import { RowLink, SettingRow } from "./setting-row.tsx";
import { ChangeSafety, ChangeSchedule, PauseOrResume } from "./settings-dialogs.tsx";
import type { Answer } from "./types.ts";

export interface SettingsRailProps {
  readonly integration: IntegrationDetail;
  readonly pauseOrResume: () => Promise<Answer>;
  readonly saveSchedule: (cron: string | null) => Promise<Answer>;
  readonly saveSafety: (safety: Readonly<Record<string, string>>) => Promise<Answer>;
  /** How many other integrations the district has, and where their order is decided. */
  readonly others: number;
  readonly orderHref: string;
  readonly disconnectHref: string;
  readonly blackouts: ReactNode;
  /** The rows between the limits and the order, and after it. */
  readonly scope: ReactNode;
  readonly connection: ReactNode;
}

/** Everything that is set about an integration, each row opening where it is changed. */
export function SettingsRail(props: SettingsRailProps) {
  const { integration, others, orderHref, disconnectHref, blackouts, scope, connection } = props;
  const isPaused = integration.state === "paused";
  return (
    <div id="settings" className="scroll-mt-20">
      <Card title="Settings" actions={<PauseOrResume isPaused={isPaused} change={props.pauseOrResume} />} flush>
        <ScheduleRow integration={integration} save={props.saveSchedule} />
        {blackouts}
        <SafetyRow integration={integration} save={props.saveSafety} />
        {scope}
        {others === 0 ? null : (
          <SettingRow
            label="Order"
            action={<RowLink label="Change whose values win" href={orderHref} />}
            detail={`Decides together with ${formatCount(others, "other integration")}.`}
          >
            Whose values win where several have a record
          </SettingRow>
        )}
        {connection}
        <SettingRow label="Disconnect" action={<RowLink label="Disconnect" href={disconnectHref} />}>
          <span className="text-muted">You choose what becomes of its people, with the numbers before you.</span>
        </SettingRow>
      </Card>
    </div>
  );
}

function ScheduleRow({ integration, save }: { readonly integration: IntegrationDetail; readonly save: SettingsRailProps["saveSchedule"] }) {
  const { schedule, scheduleInWords, nextRuns, state, slowed, blackout } = integration;
  const isPaused = state === "paused";
  return (
    <SettingRow
      label="Schedule"
      action={<ChangeSchedule schedule={schedule} save={save} />}
      detail={
        <>
          {isPaused ? <span className="block text-ask">Paused: nothing runs until somebody resumes it.</span> : null}
          {slowed && !isPaused ? (
            <span className="block text-ask">
              Slowed down: {formatCount(slowed.failuresInRow, "scheduled sync", "scheduled syncs")} in a row failed. A sync that gets
              through brings it back to its own times.
            </span>
          ) : null}
          {blackout && schedule !== null && !isPaused ? (
            <span className="block text-ask">
              Blackout until {formatDay(blackout.lastDay)}: {blackout.note}
            </span>
          ) : null}
          {nextRuns.length === 0 ? null : (
            <>
              {isPaused ? "Would run next: " : "Next: "}
              {nextRuns.map((at, n) => (
                <span key={at}>
                  {n === 0 ? "" : "; "}
                  <DateTime at={at} />
                </span>
              ))}
            </>
          )}
        </>
      }
    >
      {scheduleInWords}
    </SettingRow>
  );
}

function SafetyRow({
  integration: { safety },
  save,
}: {
  readonly integration: IntegrationDetail;
  readonly save: SettingsRailProps["saveSafety"];
}) {
  return (
    <SettingRow
      label="Safety limits"
      action={<ChangeSafety safety={safety} save={save} />}
      detail={
        <>
          of any kind of record, or {formatCount(safety.minDeactivated, "record")}; what is in doubt{" "}
          {safety.withholdDoubtful ? "waits alone" : "holds the whole sync"}.
          {safety.additionsOnly ? " Whoever and whatever leaves the SIS stays in Aivo until you approve that it goes." : null}
        </>
      }
    >
      {safety.additionsOnly ? "Additions only; waits" : "Waits"} for you above {safety.maxDeactivatedPercent}%
    </SettingRow>
  );
}

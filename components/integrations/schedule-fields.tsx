"use client";
import { RadioGroup } from "#components/ui/choices.tsx";
import { useTimeZone } from "#components/ui/clock.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { Field, Input } from "#components/ui/field.tsx";
import { validateSchedule } from "#lib/engine/schedule/cron.ts";
import { nextRuns } from "#lib/engine/schedule/occurrences.ts";
import { schedulePresets } from "#lib/services/integrations/schedule-schema.ts";

export interface ScheduleChoice {
  /** The id of a preset, or "custom". */
  readonly preset: string;
  readonly custom: string;
}

export function choiceOf(cron: string | null): ScheduleChoice {
  const preset = schedulePresets.find((one) => one.cron === cron);
  return preset ? { preset: preset.id, custom: "" } : { preset: "custom", custom: cron ?? "" };
}

/** The cron expression that a choice stands for, not checked yet; null: manual only. */
export function cronOf(choice: ScheduleChoice): string | null {
  return choice.preset === "custom" ? choice.custom : (schedulePresets.find((one) => one.id === choice.preset)?.cron ?? null);
}

export interface ScheduleFieldsProps {
  readonly value: ScheduleChoice;
  readonly onChange: (value: ScheduleChoice) => void;
  readonly error?: string | undefined;
}

/** When to sync: a preset, a cron expression, or never by itself. Read back in words with the next three runs. */
export function ScheduleFields({ value, onChange, error }: ScheduleFieldsProps) {
  const timeZone = useTimeZone();
  const cron = cronOf(value);
  const checked = cron === null ? null : validateSchedule(cron);
  const problem = checked?.ok === false && (value.custom !== "" || error) ? checked.message : error;
  return (
    <div className="grid gap-3">
      <RadioGroup
        legend="Schedule"
        isLegendHidden
        layout="row"
        name="schedule"
        value={value.preset}
        onChange={(preset) => onChange({ ...value, preset })}
        options={[...schedulePresets.map((preset) => ({ value: preset.id, label: preset.label })), { value: "custom", label: "Custom" }]}
      />
      {value.preset === "custom" ? (
        <Field
          id="schedule"
          label="Cron expression"
          required
          hint="Five fields: minute, hour, day of the month, month, day of the week."
          error={problem}
        >
          {(control) => (
            <Input
              {...control}
              value={value.custom}
              onChange={(event) => onChange({ ...value, custom: event.target.value })}
              placeholder="30 4 * * 1-5"
              className="font-mono"
              autoComplete="off"
              spellCheck={false}
            />
          )}
        </Field>
      ) : null}
      <div role="status" className="text-sm">
        {checked === null ? (
          <p className="text-muted">No schedule: a sync runs only when somebody clicks Run Sync Now.</p>
        ) : checked.ok ? (
          <>
            <p>
              {checked.words} <span className="text-muted">({timeZone})</span>
            </p>
            <NextRuns times={nextRuns(checked.cron, timeZone, new Date())} />
          </>
        ) : (
          <p className="text-muted">Enter a schedule to see when it runs.</p>
        )}
      </div>
    </div>
  );
}

function NextRuns({ times }: { readonly times: readonly Date[] }) {
  return (
    <ol aria-label="Next runs" className="flex flex-wrap gap-x-3 text-muted">
      {times.map((time, index) => (
        <li key={time.toISOString()}>
          {index === 0 ? "Next: " : ""}
          <DateTime at={time} />
        </li>
      ))}
    </ol>
  );
}

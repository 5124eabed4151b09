"use client";
import Link from "next/link";
import { type FormEvent, useState } from "react";
import { confirmed } from "#components/confirm/confirmed.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field, Input, Select } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { TimeZoneGroup } from "#lib/platform/format/time-zones.ts";
import { changed } from "./changed.ts";
import { type Result, unreachable } from "./result.ts";

interface Values {
  readonly name: string;
  readonly timezone: string;
  readonly retentionDays: string;
}

export interface DistrictFormProps {
  readonly initial: Values;
  readonly timeZones: readonly TimeZoneGroup[];
  /** Where it is shown what is erased next. */
  readonly retentionHref: string;
  /** What was changed. */
  readonly save: (values: Partial<Values>) => Promise<Result>;
}

const labels = { name: "District name", timezone: "Time zone", retentionDays: "Keep data of deactivated accounts for" };

export function DistrictForm({ initial, timeZones, retentionHref, save }: DistrictFormProps) {
  const [opened, setOpened] = useState(initial);
  const [values, setValues] = useState(initial);
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Extract<Result, { ok: false }> | null>(null);
  const change = (name: keyof Values) => (event: { target: { value: string } }) => setValues({ ...values, [name]: event.target.value });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setRefusal(null);
    const result = await confirmed(save)(changed(values, opened)).catch(() => unreachable);
    setPending(false);
    if (!result.ok) return setRefusal(result);
    setOpened(values);
    toast({ tone: "good", title: "Settings saved" });
  };
  const errors = refusal?.fields ?? {};
  return (
    <Card title="District" className="max-w-2xl">
      <form onSubmit={submit} className="grid gap-5" noValidate>
        <FormErrorSummary message={refusal?.message ?? null} fields={errors} labels={labels} />
        <Field id="name" label={labels.name} required error={errors.name}>
          {(control) => (
            <Input {...control} name="name" value={values.name} onChange={change("name")} autoComplete="organization" maxLength={200} />
          )}
        </Field>
        <Field
          id="timezone"
          label={labels.timezone}
          required
          error={errors.timezone}
          hint="Times are shown, schedules run, and classes begin and end by it. Changing it moves every scheduled sync."
        >
          {(control) => (
            <Select {...control} name="timezone" value={values.timezone} onChange={change("timezone")}>
              {timeZones.map(({ label, zones }) => (
                <optgroup key={label} label={label}>
                  {zones.map((zone) => (
                    <option key={zone.value} value={zone.value}>
                      {zone.label}
                    </option>
                  ))}
                </optgroup>
              ))}
            </Select>
          )}
        </Field>
        <Field
          id="retentionDays"
          label={labels.retentionDays}
          required
          error={errors.retentionDays}
          hint={
            <>
              Who comes back within it finds everything as it was; after it the data is removed for good, with what the SIS said of them. A
              shorter period also applies to accounts that are deactivated already.{" "}
              <Link href={retentionHref} className="text-link">
                See what is erased next
              </Link>
            </>
          }
        >
          {(control) => (
            <div className="flex items-center gap-2">
              <Input
                {...control}
                name="retentionDays"
                inputMode="numeric"
                value={values.retentionDays}
                onChange={change("retentionDays")}
                className="max-w-28"
              />
              <span className="text-sm text-muted">days</span>
            </div>
          )}
        </Field>
        <div>
          <Button type="submit" variant="primary" pending={pending}>
            Save settings
          </Button>
        </div>
      </form>
    </Card>
  );
}

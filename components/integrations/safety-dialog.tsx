"use client";
import { useState } from "react";
import { confirmed } from "#components/confirm/confirmed.ts";
import { changed as changedSince } from "#components/settings/changed.ts";
import { Field, Input } from "#components/ui/field.tsx";
import { type SafetyGroup, type SafetyKey, safetyGroups, safetyKeys, safetySettings } from "#lib/roster/guard/settings.ts";
import type { IntegrationDetail } from "#lib/services/integrations/schema.ts";
import { EditDialog } from "./edit-dialog.tsx";
import type { Answer } from "./types.ts";

type Texts = Readonly<Record<SafetyKey, string>>;

const textsOf = (safety: IntegrationDetail["safety"]) =>
  Object.fromEntries(safetyKeys.map((key) => [key, String(safety[key])])) as Record<SafetyKey, string>;

const inGroup = (group: SafetyGroup) => safetyKeys.filter((key) => safetySettings[key].group === group);
const isDefault = (texts: Texts, key: SafetyKey) => texts[key] === String(safetySettings[key].default);

export interface SafetyDialogProps {
  readonly safety: IntegrationDetail["safety"];
  /** What was changed. */
  readonly save: (safety: Partial<Texts>) => Promise<Answer>;
  readonly onClose: () => void;
}

/** Every limit in plain words, a group open at a time; what differs from its default says so before it is opened. */
export function SafetyDialog({ safety, save, onClose }: SafetyDialogProps) {
  const [opened] = useState<Texts>(() => textsOf(safety));
  const [texts, setTexts] = useState(opened);
  const set = (key: SafetyKey, text: string) => setTexts((before) => ({ ...before, [key]: text }));
  return (
    <EditDialog
      title="Safety limits"
      done="Safety limits saved"
      save={() => confirmed(save)(changedSince(texts, opened))}
      onClose={onClose}
    >
      {(problem) => (
        <>
          <p className="text-sm text-muted">
            What goes past one of these waits until an admin decides: what is in doubt alone, or the whole sync. They are what stands
            between a broken export and a district that cannot sign in. A percentage of 100 never waits.
          </p>
          {(Object.keys(safetyGroups) as SafetyGroup[]).map((group, index) => {
            const keys = inGroup(group);
            const changed = keys.filter((key) => !isDefault(texts, key)).length;
            const isFaulty = keys.some((key) => problem?.fields[key] !== undefined);
            return (
              <details key={group} open={index < shownGroups || isFaulty || undefined} className="rounded-lg border border-line px-4 py-2">
                <summary className="min-h-6 cursor-pointer content-center text-sm font-semibold">
                  {safetyGroups[group]}
                  {changed === 0 ? null : <span className="font-normal text-muted"> · {changed} changed</span>}
                </summary>
                <div className="grid gap-4 py-3">
                  {keys.map((key) => (
                    <Setting key={key} name={key} text={texts[key]} onChange={(text) => set(key, text)} error={problem?.fields[key]} />
                  ))}
                </div>
              </details>
            );
          })}
        </>
      )}
    </EditDialog>
  );
}

/** What happens when something is in doubt, and the limits that matter most; the others are closed until they are wanted. */
const shownGroups = 2;

interface SettingProps {
  readonly name: SafetyKey;
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly error: string | undefined;
}

function Setting({ name, text, onChange, error }: SettingProps) {
  const { kind, label, hint, default: usual } = safetySettings[name];
  if (kind === "choice") {
    return (
      <label className="flex items-start gap-2 text-sm">
        <input
          type="checkbox"
          className="mt-0.5 size-4 accent-accent"
          checked={text === "true"}
          onChange={(event) => onChange(String(event.target.checked))}
        />
        <span>
          <span className="font-medium">{label}</span>
          <span className="block text-muted">
            {hint} Default: {usual ? "on" : "off"}.
          </span>
        </span>
      </label>
    );
  }
  return (
    <Field id={name} label={label} required hint={`${hint} Default: ${usual}${kind === "percent" ? "%" : ""}.`} error={error}>
      {(control) => (
        <Input
          {...control}
          value={text}
          onChange={(event) => onChange(event.target.value)}
          inputMode={kind === "percent" ? "decimal" : "numeric"}
        />
      )}
    </Field>
  );
}

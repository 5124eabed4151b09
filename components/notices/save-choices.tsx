"use client";
import { type FormEvent, type ReactNode, useState } from "react";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ChosenKind } from "#lib/roster/notices/kinds.ts";

export interface SaveChoicesProps {
  readonly kinds: readonly ChosenKind[];
  readonly save: (choices: Readonly<Record<ChosenKind, boolean>>) => Promise<Result>;
  /** A checkbox for each kind, by its name. */
  readonly children: ReactNode;
}

export function SaveChoices({ kinds, save, children }: SaveChoicesProps) {
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const form = new FormData(event.currentTarget);
    setPending(true);
    setRefusal(null);
    const choices = Object.fromEntries(kinds.map((kind) => [kind, form.has(kind)])) as Record<ChosenKind, boolean>;
    const result = await save(choices).catch(() => unreachable);
    setPending(false);
    if (result.ok) toast({ tone: "good", title: "Notifications saved" });
    else setRefusal(result.message);
  };
  return (
    <form onSubmit={submit} className="grid gap-5">
      <FormErrorSummary message={refusal} />
      {children}
      <div>
        <Button type="submit" variant="primary" pending={pending}>
          Save notifications
        </Button>
      </div>
    </form>
  );
}

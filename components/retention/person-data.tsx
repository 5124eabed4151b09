"use client";
import { Download } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useId, useState } from "react";
import { AskWhy, DoNow } from "#components/roster/standing.tsx";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button, LinkButton } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Card } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/choices.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input, Textarea } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { toast } from "#components/ui/toast.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import type { ErasureView } from "#lib/services/retention/schema.ts";

export interface EraseInput {
  readonly name: string;
  readonly reason: string;
  readonly bar: boolean;
}

export interface PersonDataProps {
  readonly view: ErasureView;
  readonly exportHref: string;
  /** Where to go once they are erased. */
  readonly listHref: string;
  readonly hold: (reason: string) => Promise<Result>;
  readonly release: () => Promise<Result>;
  readonly erase: (input: EraseInput) => Promise<Result>;
}

/** What can be done with all that Aivo has about one person: take it out, keep it, erase it. */
export function PersonData({ view, exportHref, listHref, hold, release, erase }: PersonDataProps) {
  const { name, hold: held } = view;
  return (
    <Card
      title="Data about this person"
      actions={
        <>
          <LinkButton external href={exportHref} icon={<Download aria-hidden />}>
            Export
          </LinkButton>
          {held === null ? (
            <AskWhy label="Hold" title={`Hold ${name} from erasure?`} confirmLabel={`Hold ${name}`} done={`${name} is held`} act={hold}>
              <p>Nothing about {name} is erased, by the retention job or on request, until an admin releases them. They are not told.</p>
            </AskWhy>
          ) : (
            <DoNow label="Release" done={`${name} is released`} failed="Not released" act={release} />
          )}
          <Erase view={view} listHref={listHref} erase={erase} />
        </>
      }
    >
      {held === null ? (
        <p className="text-sm text-muted">
          The export is a ZIP of JSON and CSV files with all that Aivo has: account, classes, edits, what each SIS said, changes, issues,
          and the audit log's entries about them.
        </p>
      ) : (
        <Callout
          tone="warn"
          title={
            <>
              Held from erasure since <DateTime at={held.heldAt} as="date" />
              {held.heldBy === null ? "" : ` by ${held.heldBy}`}
            </>
          }
        >
          <p className="break-words">“{held.reason}”</p>
        </Callout>
      )}
    </Card>
  );
}

function Erase({ view, listHref, erase }: Pick<PersonDataProps, "view" | "listHref" | "erase">) {
  const router = useRouter();
  const form = useId();
  const [open, setOpen] = useState(false);
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Extract<Result, { ok: false }> | null>(null);
  const still = view.integrations.filter(({ isRostered }) => isRostered).map((one) => one.name);
  const change = (next: boolean) => {
    if (pending) return;
    setOpen(next);
    setRefusal(null);
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    setPending(true);
    setRefusal(null);
    const input = { name: String(given.get("name") ?? ""), reason: String(given.get("reason") ?? ""), bar: given.get("bar") === "on" };
    const result = await erase(input).catch(() => unreachable);
    setPending(false);
    if (!result.ok) return setRefusal(result);
    toast({ tone: "good", title: "Erased" });
    router.push(listHref);
  };
  const errors = refusal?.fields ?? {};
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      trigger={
        <Button variant="danger" {...(view.hold === null ? {} : { unavailable: "This account is held from erasure. Release it first." })}>
          Erase
        </Button>
      }
      title={`Erase ${view.name}?`}
      description="For good, at once, and from all of Aivo. It cannot be undone."
      footer={
        <>
          <Button onClick={() => change(false)}>Cancel</Button>
          <Button type="submit" form={form} variant="danger" pending={pending}>
            Erase {view.name}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="grid gap-4" noValidate>
        {refusal === null ? null : <FormErrorSummary message={refusal.message} />}
        <p className="text-sm">
          The account, {formatCount(view.memberships, "class membership", "class memberships")}, edits, what SISs said, and every value in
          the history go. Plans that wait for an approval are discarded, since they may name them. The audit log says that somebody was
          erased, why and by whom, and keeps no name.
        </p>
        {still.length === 0 ? (
          <p className="text-sm text-muted">No SIS has them any more.</p>
        ) : (
          <Callout tone="warn" title={`Still in ${still.join(" and ")}`}>
            Unless they are taken out there, or left out here, the next sync makes them anew.
          </Callout>
        )}
        <Checkbox
          name="bar"
          defaultChecked
          label="Have syncs leave them out"
          hint="Aivo keeps a keyed hash of their id in each SIS, and no name. If a SIS gives them another id, or that id to somebody else, this is wrong: Settings, Retention lists it and lets it in again."
        />
        <Field label="Why" required error={errors.reason} hint="Stands in the audit log for good. Do not name the person.">
          {(control) => <Textarea {...control} name="reason" maxLength={500} />}
        </Field>
        <Field label={`Type “${view.name}”`} required error={errors.name}>
          {(control) => <Input {...control} name="name" autoComplete="off" spellCheck={false} />}
        </Field>
      </form>
    </Dialog>
  );
}

"use client";
import { useRouter } from "next/navigation";
import { useId, useState, useTransition } from "react";
import { unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/choices.tsx";
import { Input } from "#components/ui/field.tsx";
import { WhyField } from "#components/ui/why-field.tsx";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import type { ReissuedClass } from "#lib/services/classrooms/decide-schema.ts";
import type { Decided } from "./decision-box.tsx";

export interface ReissuedClassesProps {
  readonly classes: readonly ReissuedClass[];
  readonly total: number;
  readonly decline: (externalIds: readonly string[], reason: string) => Promise<Decided>;
}

/** So many stand there at once; the rest is found by name. */
const shown = 50;

/** The classes that a plan takes for ones of Aivo's by another id, each of which can be said to be another. */
export function ReissuedClasses({ classes, total, decline }: ReissuedClassesProps) {
  const router = useRouter();
  const search = useId();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [reason, setReason] = useState("");
  const [refusal, setRefusal] = useState<string | null>(null);
  const [pending, begin] = useTransition();
  const words = text.trim().toLowerCase();
  const matching = classes.filter((one) => inWords(one).toLowerCase().includes(words));
  const choose = (id: string, isChosen: boolean) =>
    setChosen((before) => new Set(isChosen ? [...before, id] : [...before].filter((one) => one !== id)));
  const submit = () =>
    begin(async () => {
      const { href, message } = await decline([...chosen], reason).catch(() => ({ href: null, message: unreachable.message }));
      setRefusal(message);
      if (href !== null) router.push(href);
    });
  return (
    <Card title="Classes by other ids" aside={formatCount(total, "class", "classes")}>
      <p className="text-sm text-muted">
        This sync takes these for classes that Aivo has by another id. Check those that are other classes: the SIS is read again, and they
        come as new ones.
      </p>
      <label htmlFor={search} className="sr-only">
        Search these classes
      </label>
      <Input
        id={search}
        type="search"
        value={text}
        placeholder="Name, code, school or id"
        autoComplete="off"
        className="mt-4 sm:max-w-68"
        onChange={(event) => setText(event.target.value)}
      />
      <ul className="mt-4 grid gap-2">
        {matching.slice(0, shown).map((one) => (
          <li key={one.externalId}>
            <Checkbox
              label={nameOf(one)}
              hint={hintOf(one)}
              checked={chosen.has(one.externalId)}
              onChange={(event) => choose(one.externalId, event.target.checked)}
            />
          </li>
        ))}
      </ul>
      {matching.length > shown || total > classes.length ? (
        <p className="mt-3 text-small text-muted">
          {formatNumber(Math.min(shown, matching.length))} of {formatCount(words === "" ? total : matching.length, "class", "classes")}.
          Search for the others{total > classes.length ? `, among the first ${formatNumber(classes.length)}` : ""}.
        </p>
      ) : null}
      {chosen.size === 0 ? null : (
        <div className="mt-4 grid gap-3">
          <WhyField hint="Kept in the audit log." value={reason} onChange={setReason} />
          {refusal === null ? null : (
            <p role="alert" className="text-sm text-ask">
              {refusal}
            </p>
          )}
          <div>
            <Button pending={pending} onClick={submit}>
              {chosen.size === 1 ? "It is another class: read again" : `These ${formatNumber(chosen.size)} are other classes: read again`}
            </Button>
          </div>
        </div>
      )}
    </Card>
  );
}

const withCode = (name: string, code: string | null) => (code === null ? name : `${name} (${code})`);

function nameOf({ name, code, newName, newCode }: ReissuedClass): string {
  const [was, is] = [withCode(name, code), withCode(newName, newCode)];
  return was === is ? was : `${was} is ${is} in the SIS`;
}

function hintOf({ school, externalId, matchedBy }: ReissuedClass): string {
  return [school, `${externalId} in the SIS`, matchedBy].filter(Boolean).join(" · ");
}

const inWords = (one: ReissuedClass) => `${nameOf(one)} ${hintOf(one)}`;

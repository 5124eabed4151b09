"use client";
import { useEffect, useId, useRef, useState, useTransition } from "react";
import { unreachable } from "#components/settings/result.ts";
import { Icon } from "#components/ui/icon.tsx";
import type { ScopeChoice, ScopeChoices } from "#lib/services/scope/schema.ts";

export interface ChecklistProps {
  readonly label: string;
  readonly noun: string;
  /** What is counted beside each: one, and many. */
  readonly of?: readonly [string, string];
  /** What is shown before a search. */
  readonly initial: ScopeChoices;
  /** What is chosen from the start, by name. */
  readonly named: readonly ScopeChoice[];
  readonly chosen: readonly string[];
  readonly toggle: (id: string) => void;
  /** Where the list may be longer than what is shown of it. */
  readonly search?: (text: string) => Promise<{ readonly ok: true; readonly data: ScopeChoices } | { readonly ok: false }>;
}

const number = new Intl.NumberFormat("en-US");
/** A list that is shorter needs no search. */
const short = 8;

/** Boxes to tick, a few at a time: what is ticked stays in sight, a search finds the others. */
export function Checklist({ label, noun, of, initial, named, chosen, toggle, search }: ChecklistProps) {
  const id = useId();
  const [shown, setShown] = useState(initial);
  const [known, setKnown] = useState<ReadonlyMap<string, ScopeChoice>>(() => mapOf([...named, ...initial.rows]));
  const [text, setText] = useState("");
  const [pending, begin] = useTransition();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);

  const typed = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    const asked = ++latest.current;
    timer.current = setTimeout(() => {
      begin(async () => {
        const answer = next.trim() === "" ? ({ ok: true, data: initial } as const) : await search?.(next.trim()).catch(() => unreachable);
        if (asked !== latest.current || !answer?.ok) return;
        setShown(answer.data);
        setKnown((before) => new Map([...before, ...mapOf(answer.data.rows)]));
      });
    }, 300);
  };

  // What was ticked before stands first, and what is being ticked stays where it is.
  const first = named.map((choice) => choice.id).filter((one) => chosen.includes(one) && !shown.rows.some((row) => row.id === one));
  const rows = [...first.flatMap((one) => known.get(one) ?? []), ...shown.rows];
  const elsewhere = chosen.filter((one) => !rows.some((row) => row.id === one)).flatMap((one) => known.get(one) ?? []);
  const all = [...elsewhere, ...rows];
  return (
    <div className="grid gap-3">
      {search && initial.total > short ? (
        <div className="relative">
          {pending ? (
            <Icon name="loader-circle" className="absolute top-3 left-3 size-4 animate-spin text-muted" />
          ) : (
            <Icon name="search" className="pointer-events-none absolute top-3 left-3 size-4 text-muted" />
          )}
          <input
            type="search"
            aria-label={`Search ${label.toLowerCase()}`}
            placeholder={`Search ${label.toLowerCase()} by name, code or id`}
            value={text}
            onChange={(event) => typed(event.target.value)}
            autoComplete="off"
            className="min-h-10 w-full rounded-md border border-edge bg-surface pr-3 pl-9 text-sm placeholder:text-muted"
          />
        </div>
      ) : null}
      {all.length === 0 ? (
        <p className="text-sm text-muted">{text === "" ? `The SIS has no ${noun} yet.` : "Nothing matches."}</p>
      ) : (
        <fieldset className="max-h-80 overflow-y-auto">
          <legend className="sr-only">{label} to leave out</legend>
          <ul className="grid gap-0.5 sm:grid-cols-2">
            {all.map((choice, index) => (
              <li key={choice.id} className="min-w-0">
                <label
                  htmlFor={`${id}-${index}`}
                  className="flex cursor-pointer gap-2.5 rounded-md px-2 py-1.5 hover:bg-sunken has-checked:bg-accent-soft"
                >
                  <input
                    id={`${id}-${index}`}
                    type="checkbox"
                    checked={chosen.includes(choice.id)}
                    onChange={() => toggle(choice.id)}
                    className="mt-1 size-4 shrink-0"
                  />
                  <span className="grid min-w-0 text-sm">
                    <span className="truncate font-medium">{choice.name}</span>
                    <span className="text-small leading-snug text-muted">{hintOf(choice, of)}</span>
                  </span>
                </label>
              </li>
            ))}
          </ul>
        </fieldset>
      )}
      <p className="text-small text-muted">
        {chosen.length === 0 ? "None left out." : `${number.format(chosen.length)} left out.`}
        {shown.total > shown.rows.length
          ? ` ${number.format(shown.rows.length)} of ${number.format(shown.total)} are shown; a search finds the others.`
          : ""}
      </p>
    </div>
  );
}

const mapOf = (choices: readonly ScopeChoice[]) => new Map(choices.map((choice) => [choice.id, choice]));

function hintOf({ hint, count }: ScopeChoice, of: ChecklistProps["of"]): string {
  const counted = of ? `${number.format(count)} ${of[count === 1 ? 0 : 1]}` : null;
  return [hint, counted].filter((part) => part !== null).join(" · ");
}

"use client";
import { useEffect, useRef } from "react";
import { Callout } from "./callout.tsx";

export interface FormErrorSummaryProps {
  /** What went wrong as a whole; null: nothing, and nothing is shown. */
  readonly message: string | null;
  /** Messages by field; a key that is also the `id` of its control becomes a link to it. */
  readonly fields?: Readonly<Record<string, string>>;
  /** How each field is called on the form. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Stands on top of a form, takes focus when it appears, leads to each field that needs a look. */
export function FormErrorSummary({ message, fields = {}, labels = {} }: FormErrorSummaryProps) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (message !== null) ref.current?.focus();
  }, [message]);
  if (message === null) return null;
  const entries = Object.entries(fields);
  return (
    <div ref={ref} tabIndex={-1} role="alert" className="rounded-lg">
      <Callout tone="bad" title={message}>
        {entries.length === 0 ? null : (
          <ul className="grid gap-1">
            {entries.map(([field, text]) => (
              <li key={field}>
                <a className="underline underline-offset-2" href={`#${field}`} onClick={(event) => focusField(event, field)}>
                  {labels[field] ? `${labels[field]}: ${text}` : text}
                </a>
              </li>
            ))}
          </ul>
        )}
      </Callout>
    </div>
  );
}

function focusField(event: React.MouseEvent, id: string): void {
  const target = document.getElementById(id);
  if (!target) return;
  event.preventDefault();
  target.focus();
  target.scrollIntoView({ block: "center" });
}

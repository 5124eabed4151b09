"use client";
import { type ReactNode, useState } from "react";
import { Icon } from "#components/ui/icon.tsx";

export function Code({ children }: { readonly children: ReactNode }) {
  return <code className="rounded bg-sunken px-1.5 py-0.5 font-mono text-small break-all">{children}</code>;
}

export interface CopyableProps {
  readonly value: string;
  /** What is copied: "fingerprint", "password". */
  readonly label: string;
}

/** A value to take along, with a button that copies it. */
export function Copyable({ value, label }: CopyableProps) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
  };
  return (
    <span className="inline-flex max-w-full items-center gap-1">
      <Code>{value}</Code>
      <button
        type="button"
        onClick={copy}
        onBlur={() => setCopied(false)}
        aria-label={`Copy ${label}`}
        className="grid size-7 shrink-0 place-items-center rounded-md text-muted hover:bg-sunken hover:text-ink"
      >
        {copied ? <Icon name="check" className="size-4 text-good" /> : <Icon name="copy" className="size-4" />}
      </button>
      <span role="status" className="sr-only">
        {copied ? `Copied ${label}` : ""}
      </span>
    </span>
  );
}

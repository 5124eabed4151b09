"use client";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { Icon } from "#components/ui/icon.tsx";
import { useReadOnly } from "#components/ui/read-only.tsx";

export interface SettingRowProps {
  readonly label: string;
  /** As it is set. */
  readonly children: ReactNode;
  /** Small, under it. */
  readonly detail?: ReactNode;
  /** A RowLink, or a dialog whose trigger is a RowTrigger: the whole row is pressed. */
  readonly action?: ReactNode;
}

/** A setting of the rail: what it is called, how it stands, and the way to change it. */
export function SettingRow({ label, children, detail, action }: SettingRowProps) {
  return (
    <div className="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 border-t border-line py-3 first:border-t-0">
      <div className="min-w-0">
        <h3 className="eyebrow">{label}</h3>
        <div className="mt-0.5 text-sm text-pretty wrap-anywhere">{children}</div>
        {detail ? <div className="mt-0.5 text-small text-pretty wrap-anywhere text-muted">{detail}</div> : null}
      </div>
      {action}
    </div>
  );
}

const look =
  "grid size-8 place-items-center rounded-md text-muted after:absolute after:inset-0 after:rounded-md hover:text-ink hover:after:bg-ink/4 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent";

/** The button of a row that opens a dialog. */
export function RowTrigger({ label, ...rest }: ComponentProps<"button"> & { readonly label: string }) {
  return useReadOnly() ? null : (
    <button {...rest} type="button" aria-label={label} className={look}>
      <Icon name="chevron-right" className="size-4" />
    </button>
  );
}

/** The link of a row that has a page of its own. */
export function RowLink({ label, href }: { readonly label: string; readonly href: string }) {
  return useReadOnly() ? null : (
    <Link href={href} aria-label={label} className={look}>
      <Icon name="chevron-right" className="size-4" />
    </Link>
  );
}

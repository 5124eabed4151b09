"use client";
import * as Radix from "@radix-ui/react-tabs";
import { clsx } from "clsx";
import Link from "next/link";
import type { ReactNode } from "react";

export interface TabLink {
  readonly label: string;
  readonly href: string;
  readonly current: boolean;
  readonly count?: string;
}

/** Pages beside each other, each with its own address. */
export function LinkTabs({ label, tabs }: { readonly label: string; readonly tabs: readonly TabLink[] }) {
  return (
    <nav aria-label={label} className="overflow-x-auto border-b border-line">
      <ul className="flex gap-6">
        {tabs.map((tab) => (
          <li key={tab.href}>
            <Link
              href={tab.href}
              aria-current={tab.current ? "page" : undefined}
              className={clsx(tabClass, tab.current ? currentClass : restClass)}
            >
              {tab.label}
              {tab.count === undefined ? null : <span className="text-fine font-normal text-muted tabular-nums">{tab.count}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

export interface TabPanel {
  readonly value: string;
  readonly label: string;
  readonly content: ReactNode;
}

/** Panels within one page, where the choice need not be in the address. */
export function Tabs({
  label,
  tabs,
  defaultValue,
}: {
  readonly label: string;
  readonly tabs: readonly TabPanel[];
  readonly defaultValue: string;
}) {
  return (
    <Radix.Root defaultValue={defaultValue}>
      <Radix.List aria-label={label} className="flex gap-6 overflow-x-auto border-b border-line">
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            className={clsx(tabClass, restClass, "data-[state=active]:border-accent data-[state=active]:text-ink")}
          >
            {tab.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.value} value={tab.value} className="pt-4">
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}

const tabClass =
  "flex items-center gap-1.5 border-b-2 pt-1 pb-2.5 text-sm font-strong whitespace-nowrap transition-colors -outline-offset-2";
const currentClass = "border-accent text-ink";
const restClass = "border-transparent text-muted hover:text-ink";

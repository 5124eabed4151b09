"use client";
import * as Radix from "@radix-ui/react-tabs";
import { clsx } from "clsx";
import type { ComponentProps, ReactNode } from "react";

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
      <Radix.List asChild aria-label={label} className="flex gap-6 overflow-x-auto border-b border-line">
        <Unstyled>
          {tabs.map((tab) => (
            <Radix.Trigger
              key={tab.value}
              value={tab.value}
              className={clsx(tabClass, restClass, "data-[state=active]:border-accent data-[state=active]:text-ink")}
            >
              {tab.label}
            </Radix.Trigger>
          ))}
        </Unstyled>
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content asChild key={tab.value} value={tab.value} className="pt-4">
          <Unstyled>{tab.content}</Unstyled>
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}

/** Radix writes style attributes into what the server sends, which the Content-Security-Policy refuses. None of them is needed. */
function Unstyled({ style: _, ...props }: ComponentProps<"div">) {
  return <div {...props} />;
}

const tabClass =
  "flex items-center gap-1.5 border-b-2 px-3 py-2.5 text-sm font-medium whitespace-nowrap transition-colors -outline-offset-2";
const restClass = "border-transparent text-muted hover:text-ink";

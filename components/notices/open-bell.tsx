"use client";
import * as Popover from "@radix-ui/react-popover";
import Link from "next/link";
import { type ReactElement, useState } from "react";
import { StateBadge } from "#components/ui/badge.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import type { Ringing } from "./ringing.ts";

export interface OpenBellProps {
  /** The button that opens it. */
  readonly trigger: ReactElement;
  readonly open: readonly Ringing[];
  /** How many are open, in words. */
  readonly words: string;
  readonly choicesHref: string | null;
}

const toneWords = { bad: "Failing", warn: "Waits", info: "Soon" } as const;

/** What is open in the district, as a list; it comes open. */
export function OpenBell({ trigger, open, words, choicesHref }: OpenBellProps) {
  const [isOpen, setOpen] = useState(true);
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={6}
          collisionPadding={12}
          aria-label="Notifications"
          className="z-50 grid max-h-[calc(100dvh-6rem)] w-[min(24rem,calc(100vw-1.5rem))] animate-appear gap-3 overflow-y-auto rounded-lg border border-line bg-surface p-4 shadow-floating"
        >
          <p className="font-semibold">{words}</p>
          {open.length === 0 ? (
            <p className="text-sm text-muted">Every sync gets through, and nothing waits for a review.</p>
          ) : (
            <ul className="grid gap-3">
              {open.map(({ id, title, tone, openedAt, href }) => (
                <li key={id} className="grid gap-1 border-t border-line pt-3">
                  <Link href={href} className="text-link text-sm" onClick={() => setOpen(false)}>
                    {title}
                  </Link>
                  <span className="flex flex-wrap items-center gap-2 text-small text-muted">
                    <StateBadge tone={tone}>{toneWords[tone]}</StateBadge>
                    <span>
                      since <DateTime at={openedAt} as="sentence" />
                    </span>
                  </span>
                </li>
              ))}
            </ul>
          )}
          {choicesHref === null ? null : (
            <p className="border-t border-line pt-3 text-sm">
              <Link href={choicesHref} className="text-link" onClick={() => setOpen(false)}>
                Choose what you are told by email
              </Link>
            </p>
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

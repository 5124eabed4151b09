"use client";
import * as Popover from "@radix-ui/react-popover";
import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { BellRing, Bell as Quiet } from "lucide-react";
import Link from "next/link";
import { useEffect, useRef, useState } from "react";
import { announce } from "#components/ui/announcer.tsx";
import { StateBadge } from "#components/ui/badge.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import type { OpenIncident } from "#lib/services/notices/schema.ts";

/** An open incident, and the page that it is about. */
export interface Ringing extends Pick<OpenIncident, "id" | "title" | "tone" | "openedAt"> {
  readonly href: string;
}

export interface BellProps {
  /** What the server knew when it rendered the page. */
  readonly initial: readonly Ringing[];
  /** Answers with what is open now. */
  readonly url: string;
  readonly choicesHref: string;
}

const everyMs = 60_000;
const toneWords = { bad: "Failing", warn: "Waits", info: "Soon" } as const;

/** What is open in the district, wherever somebody is. Asks once a minute, and says aloud what has come. */
export function Bell({ initial, url, choicesHref }: BellProps) {
  const [isOpen, setOpen] = useState(false);
  const { data } = useQuery({
    queryKey: ["incidents", url],
    queryFn: ({ signal }) => fetchOpen(url, signal),
    initialData: initial,
    staleTime: everyMs / 2,
    retry: false,
    refetchInterval: everyMs,
  });
  // What a page was rendered with is newer than what was asked for before.
  const open = data;
  useNews(open);
  const words = open.length === 0 ? "Nothing is open" : `${formatCount(open.length, "thing is", "things are")} open`;
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger
        aria-label={`Notifications: ${words.charAt(0).toLowerCase()}${words.slice(1)}`}
        className="relative grid size-10 shrink-0 place-items-center rounded-md hover:bg-sunken data-[state=open]:bg-sunken"
      >
        {open.length === 0 ? <Quiet aria-hidden className="size-5 text-muted" /> : <BellRing aria-hidden className="size-5" />}
        {open.length === 0 ? null : (
          <span
            aria-hidden
            className={clsx(
              "absolute top-0.5 right-0.5 grid min-w-4.5 place-items-center rounded-full px-1 text-[0.6875rem] leading-4.5 font-semibold",
              open.some(({ tone }) => tone === "bad") ? "bg-harm text-surface" : "bg-accent text-on-accent",
            )}
          >
            {open.length > 99 ? "99+" : open.length}
          </span>
        )}
      </Popover.Trigger>
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
                      since <DateTime at={openedAt} />
                    </span>
                  </span>
                </li>
              ))}
            </ul>
          )}
          <p className="border-t border-line pt-3 text-sm">
            <Link href={choicesHref} className="text-link" onClick={() => setOpen(false)}>
              Choose what you are told by email
            </Link>
          </p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** Says what has come, or that everything is over; what was there when the page came is not read out. */
function useNews(open: readonly Ringing[]): void {
  const known = useRef<ReadonlySet<string>>(new Set(open.map(({ id }) => id)));
  useEffect(() => {
    const news = open.filter(({ id }) => !known.current.has(id));
    const [first] = news;
    if (first) announce(news.length === 1 ? first.title : `${formatCount(news.length, "new notification")}: ${first.title}`);
    else if (open.length === 0 && known.current.size > 0) announce("Nothing is open any more.");
    known.current = new Set(open.map(({ id }) => id));
  }, [open]);
}

async function fetchOpen(url: string, signal: AbortSignal): Promise<readonly Ringing[]> {
  const response = await fetch(url, { signal, cache: "no-store" });
  if (!response.ok) throw new Error(`incidents: ${response.status}`);
  return ((await response.json()) as { readonly incidents: readonly Ringing[] }).incidents;
}

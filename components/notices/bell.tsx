"use client";
import { type ComponentProps, lazy, Suspense, useEffect, useRef, useState } from "react";
import { announce } from "#components/ui/announcer.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { useOnDemand } from "#components/ui/use-on-demand.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import type { Ringing } from "./ringing.ts";

export interface BellProps {
  /** What the server knew when it rendered the page. */
  readonly initial: readonly Ringing[];
  /** Answers with what is open now. */
  readonly url: string;
  /** Null: they are told nothing by email. */
  readonly choicesHref: string | null;
}

const everyMs = 60_000;
const asking = () => import("./ask-bell.ts");
const list = () => import("./open-bell.tsx");
const OpenBell = lazy(() => list().then(({ OpenBell }) => ({ default: OpenBell })));

/** What is open in the district, wherever somebody is. Asks once a minute, and says aloud what has come. */
export function Bell({ initial, url, choicesHref }: BellProps) {
  const open = useOpen(initial, url);
  const { isWanted, opener } = useOnDemand(list);
  useNews(open);
  const words = open.length === 0 ? "Nothing is open" : `${formatCount(open.length, "thing is", "things are")} open`;
  const button = (more: Partial<ComponentProps<"button">>) => (
    <button
      {...more}
      type="button"
      aria-label={`Notifications: ${words.charAt(0).toLowerCase()}${words.slice(1)}`}
      aria-haspopup="dialog"
      className="bell"
    >
      {open.length === 0 ? <Icon name="bell" /> : <Icon name="bell-ring" />}
      {open.length === 0 ? null : (
        <span aria-hidden data-bad={open.some(({ tone }) => tone === "bad") || undefined}>
          {open.length > 99 ? "99+" : open.length}
        </span>
      )}
    </button>
  );
  if (!isWanted) return button(opener);
  return (
    <Suspense fallback={button({})}>
      <OpenBell trigger={button({})} open={open} words={words} choicesHref={choicesHref} />
    </Suspense>
  );
}

/** What the page was rendered with, and once a minute what is open then, while the page is looked at. */
function useOpen(initial: readonly Ringing[], url: string): readonly Ringing[] {
  const [asked, setAsked] = useState<{ readonly after: readonly Ringing[]; readonly open: readonly Ringing[] } | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const ask = async () => {
      if (document.hidden) return;
      // What cannot be asked now is asked again in a minute.
      const open = await asking()
        .then(({ fetchOpen }) => fetchOpen(url, stop.signal))
        .catch(() => null);
      if (open !== null) setAsked({ after: initial, open });
    };
    const timer = setInterval(() => void ask(), everyMs);
    return () => {
      clearInterval(timer);
      stop.abort();
    };
  }, [initial, url]);
  // What a page was rendered with is newer than what was asked for before.
  return asked?.after === initial ? asked.open : initial;
}

/** Says what has come, or that everything is over; what was there when the page came is not read out. */
function useNews(open: readonly Ringing[]): void {
  const known = useRef(open);
  useEffect(() => {
    const before = known.current;
    known.current = open;
    if (before === open || before.length + open.length === 0) return;
    const say = async () => {
      const news = (await asking()).newsOf(before, open);
      if (news !== null) announce(news);
    };
    // What cannot be said is on the bell.
    void say().catch(() => undefined);
  }, [open]);
}

"use client";
import { clsx } from "clsx";
import Link from "next/link";
import { type KeyboardEvent, useState } from "react";
import { useTimeZone } from "#components/ui/clock.tsx";
import { formatNumber } from "#lib/platform/format/number.ts";
import type { Night } from "#lib/services/overview/nights-schema.ts";
import { Axis, Column, Grid } from "./column.tsx";
import { Legend } from "./legend.tsx";
import { formatShortDay, isMonday, markWords, nightWords, whenRan } from "./night-words.ts";
import { NightsTable } from "./nights-table.tsx";
import { daysOf, scaleOf } from "./scale.ts";

export interface LinkedNight extends Night {
  /** Its sync, or the one of several that changed most. */
  readonly href: string;
}

export interface NightsBandProps {
  /** The earliest first. */
  readonly nights: readonly LinkedNight[];
  /** The day it is where the district is, YYYY-MM-DD. */
  readonly today: string;
  readonly id: string;
}

/** The last 30 nights: a column each, a link to its sync, its figures on hover and focus. One stop for Tab, arrow keys inside. */
export function NightsBand({ nights, today, id }: NightsBandProps) {
  const timezone = useTimeZone();
  const [active, setActive] = useState(nights.length - 1);
  const scale = scaleOf(nights);
  const [first, ...others] = nights;
  if (first === undefined) return null;
  const apart = first.isFirst ? first : null;
  const days = daysOf(apart === null ? nights : others);
  const hrefs = new Map(nights.map((night, n) => [night.day, { href: night.href, n }]));
  const move = (event: KeyboardEvent<HTMLElement>) => {
    const to = { ArrowRight: active + 1, ArrowLeft: active - 1, Home: 0, End: nights.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.currentTarget.querySelector<HTMLElement>(`[data-night="${Math.min(nights.length - 1, Math.max(0, to))}"]`)?.focus();
  };
  const cell = (night: Night, place: number) => (
    <NightLink
      night={night}
      href={hrefs.get(night.day)?.href ?? ""}
      n={hrefs.get(night.day)?.n ?? 0}
      isStop={hrefs.get(night.day)?.n === active}
      onFocus={setActive}
      place={place}
    >
      <Column night={night} scale={scale} />
    </NightLink>
  );
  return (
    <section aria-labelledby={id} className="min-w-0">
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-2">
        <h2 id={id} className="text-head">
          The last 30 nights
        </h2>
        <Legend />
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move the focus between the links inside; each is a link */}
      <div className="mt-4 flex" onKeyDown={move}>
        {apart === null ? null : (
          <div className="relative w-14 shrink-0 sm:w-20">
            <div className="w-6">{cell(apart, 0)}</div>
            <span
              aria-hidden
              className="pointer-events-none absolute top-4 left-6 text-[11px] leading-3 text-muted max-sm:top-0 max-sm:left-0"
            >
              <b className="font-semibold text-ink">{formatNumber(apart.arrived)}</b>
              <span className="block max-sm:hidden">
                first
                <br />
                import
              </span>
            </span>
            {/* Without a top it stands where it would be, under the column. */}
            <span aria-hidden className="absolute left-0 text-[11px] leading-4 text-muted">
              {formatShortDay(apart.day)}
            </span>
          </div>
        )}
        <div className="relative min-w-0 flex-1 pb-5">
          <Grid scale={scale} />
          <ol aria-label="Nights" className="relative flex">
            {days.map(({ day, night }, n) => (
              <li key={day} className="relative min-w-0 flex-1" aria-hidden={night === null || undefined}>
                {night === null ? null : cell(night, n / Math.max(1, days.length - 1))}
                <DayLabel day={day} said={night === null ? null : whenRan(night, today, timezone)} fromEnd={days.length - 1 - n} />
              </li>
            ))}
          </ol>
        </div>
        <Axis scale={scale} format={formatNumber} />
      </div>
      <NightsTable nights={nights} />
    </section>
  );
}

interface NightLinkProps {
  readonly night: Night;
  readonly href: string;
  readonly n: number;
  /** The one that Tab stops at. */
  readonly isStop: boolean;
  readonly onFocus: (n: number) => void;
  /** 0 at the left to 1 at the right: to which side its figures go. */
  readonly place: number;
  readonly children: React.ReactNode;
}

function NightLink({ night, href, n, isStop, onFocus, place, children }: NightLinkProps) {
  const words = nightWords(night);
  return (
    <Link
      href={href}
      prefetch={false}
      data-night={n}
      tabIndex={isStop ? 0 : -1}
      onFocus={() => onFocus(n)}
      aria-label={words}
      className="group relative block rounded-sm -outline-offset-1 hover:bg-sunken focus-visible:bg-sunken"
    >
      {children}
      {night.mark === null ? null : (
        <span
          aria-hidden
          className="pointer-events-none absolute -top-1 left-1/2 -translate-x-1/2 text-[11px] leading-4 whitespace-nowrap text-muted group-hover:hidden group-focus-visible:hidden max-sm:hidden"
        >
          {markWords[night.mark].label}
        </span>
      )}
      <span
        aria-hidden
        className={clsx(
          "pointer-events-none absolute -top-2 z-10 hidden rounded-sm bg-canvas px-1 text-fine font-medium whitespace-nowrap text-ink group-hover:block group-focus-visible:block max-sm:max-w-[60vw] max-sm:whitespace-normal",
          place < 1 / 3 ? "left-0" : place > 2 / 3 ? "right-0" : "left-1/2 -translate-x-1/2",
        )}
      >
        {words}
      </span>
    </Link>
  );
}

/**
 * Mondays and the last night have their date below; where the two would meet, the last night's stands. `said`: when its syncs ran, in words; null:
 * there were none.
 */
function DayLabel({ day, said, fromEnd }: { readonly day: string; readonly said: string | null; readonly fromEnd: number }) {
  if (fromEnd === 0) {
    return (
      <span aria-hidden className="absolute top-full right-0 text-[11px] leading-4 font-semibold whitespace-nowrap">
        {said === null || said.startsWith("on ") ? formatShortDay(day) : said.charAt(0).toUpperCase() + said.slice(1)}
      </span>
    );
  }
  if (!isMonday(day) || fromEnd < 4) return null;
  return (
    <span
      aria-hidden
      className={clsx(
        "absolute top-full left-1/2 -translate-x-1/2 text-[11px] leading-4 whitespace-nowrap text-muted",
        fromEnd < 11 && "max-sm:hidden",
      )}
    >
      {formatShortDay(day)}
    </span>
  );
}

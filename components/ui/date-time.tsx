"use client";
import { useSyncExternalStore } from "react";
import {
  formatDate,
  formatDateTime,
  formatExact,
  formatInSentence,
  formatRelative,
  formatTime,
  formatWhen,
} from "#lib/platform/format/date-time.ts";
import { useClock } from "./clock.tsx";

export interface DateTimeProps {
  readonly at: Date | string;
  /** "date-time" stands alone, as in a table; "sentence" is part of one: "today at 2:00 AM"; "when" begins one. */
  readonly as?: "date-time" | "sentence" | "date" | "time" | "relative" | "when";
}

/** A moment in the district's time zone, in the reader's terms; the exact one, with the zone, on hover. */
export function DateTime({ at, as = "date-time" }: DateTimeProps) {
  const { timeZone, now } = useClock();
  const moment = typeof at === "string" ? new Date(at) : at;
  const text = useSyncExternalStore(
    everyMinute,
    () => formatters[as](moment, timeZone, new Date()),
    () => formatters[as](moment, timeZone, now === null ? new Date() : new Date(now)),
  );
  return (
    // Browsers join the parts of the exact one in different ways.
    <time dateTime={moment.toISOString()} title={formatExact(moment, timeZone)} suppressHydrationWarning className="whitespace-nowrap">
      {text}
    </time>
  );
}

const formatters: Record<NonNullable<DateTimeProps["as"]>, (at: Date, timeZone: string, now: Date) => string> = {
  "date-time": formatDateTime,
  sentence: formatInSentence,
  date: formatDate,
  time: formatTime,
  relative: (at, _, now) => formatRelative(at, now),
  when: formatWhen,
};

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One timer for all times of a page: what is today becomes yesterday while it is looked at. */
function everyMinute(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const one of listeners) one();
  }, 60_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

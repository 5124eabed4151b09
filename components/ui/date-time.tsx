"use client";
import { createContext, type ReactNode, useContext } from "react";
import { formatDate, formatDateTime, formatExact, formatRelative, formatTime, formatWhen } from "#lib/platform/format/date-time.ts";

const TimeZone = createContext("UTC");

/** Everything under it shows times in this zone: the district's. */
export function TimeZoneProvider({ timeZone, children }: { readonly timeZone: string; readonly children: ReactNode }) {
  return <TimeZone value={timeZone}>{children}</TimeZone>;
}

export function useTimeZone(): string {
  return useContext(TimeZone);
}

export interface DateTimeProps {
  readonly at: Date | string;
  readonly as?: "date-time" | "date" | "time" | "relative" | "when";
}

/** A moment in the district's time zone; the exact one, with the zone, on hover. */
export function DateTime({ at, as = "date-time" }: DateTimeProps) {
  const timeZone = useTimeZone();
  const moment = typeof at === "string" ? new Date(at) : at;
  return (
    // What is relative to now differs between the server's now and the browser's.
    <time dateTime={moment.toISOString()} title={formatExact(moment, timeZone)} suppressHydrationWarning className="whitespace-nowrap">
      {formatters[as](moment, timeZone)}
    </time>
  );
}

const formatters = {
  "date-time": formatDateTime,
  date: formatDate,
  time: formatTime,
  relative: (at: Date) => formatRelative(at, new Date()),
  when: (at: Date, timeZone: string) => formatWhen(at, new Date(), timeZone),
};

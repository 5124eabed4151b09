"use client";
import { createContext, type ReactNode, useContext } from "react";

export interface Clock {
  readonly timeZone: string;
  /** When the server made the page, ISO 8601; null: not told. */
  readonly now: string | null;
}

const Context = createContext<Clock>({ timeZone: "UTC", now: null });

export interface TimeZoneProviderProps {
  readonly timeZone: string;
  /** When the server made the page, ISO 8601: what it calls today the browser calls today, until both have met. */
  readonly now?: string;
  readonly children: ReactNode;
}

/** Everything under it shows times in this zone: the district's. */
export function TimeZoneProvider({ timeZone, now, children }: TimeZoneProviderProps) {
  return <Context value={{ timeZone, now: now ?? null }}>{children}</Context>;
}

/** See `TimeZoneProvider`. */
export function useClock(): Clock {
  return useContext(Context);
}

export function useTimeZone(): string {
  return useClock().timeZone;
}

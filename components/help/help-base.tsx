"use client";
import { createContext, type ReactNode, useContext } from "react";

const Base = createContext("");

/** Everything under it finds the documentation there. */
export function HelpProvider({ base, children }: { readonly base: string; readonly children: ReactNode }) {
  return <Base value={base}>{children}</Base>;
}

export function useHelpBase(): string {
  return useContext(Base);
}

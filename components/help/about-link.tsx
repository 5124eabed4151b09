"use client";
import Link from "next/link";
import { createContext, type ReactNode, useContext } from "react";

const Base = createContext("");

/** Everything under it finds the documentation there. */
export function HelpProvider({ base, children }: { readonly base: string; readonly children: ReactNode }) {
  return <Base value={base}>{children}</Base>;
}

export interface AboutLinkProps {
  /** Under docs/, without its ending: "issues", "providers/clever". */
  readonly page: string;
  /** The heading there; left out, the page as a whole. */
  readonly anchor?: string;
  readonly children: ReactNode;
}

/** The way from what somebody sees to what the documentation says of it. */
export function AboutLink({ page, anchor, children }: AboutLinkProps) {
  const base = useContext(Base);
  return (
    <Link href={`${base}/${page}${anchor === undefined ? "" : `#${anchor}`}`} prefetch={false} className="text-link">
      {children}
    </Link>
  );
}

"use client";
import Link from "next/link";
import type { ReactNode } from "react";
import { useHelpBase } from "./help-base.tsx";

export interface AboutLinkProps {
  /** Under docs/, without its ending: "issues", "providers/clever". */
  readonly page: string;
  /** The heading there; left out, the page as a whole. */
  readonly anchor?: string;
  readonly children: ReactNode;
}

/** The way from what somebody sees to what the documentation says of it. */
export function AboutLink({ page, anchor, children }: AboutLinkProps) {
  const base = useHelpBase();
  return (
    <Link href={`${base}/${page}${anchor === undefined ? "" : `#${anchor}`}`} prefetch={false} className="text-link">
      {children}
    </Link>
  );
}

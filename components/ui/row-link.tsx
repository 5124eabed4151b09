"use client";
import Link from "next/link";
import { type ReactNode, useState } from "react";

export interface RowLinkProps {
  readonly href: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A link in a list. Fifty of them in sight fetch nothing; the one that the hand or the keyboard comes to is fetched ahead. */
export function RowLink({ href, className = "name-link", children }: RowLinkProps) {
  const [isNear, setNear] = useState(false);
  const near = () => setNear(true);
  return (
    <Link href={href} className={className} prefetch={isNear ? null : false} onMouseEnter={near} onFocus={near}>
      {children}
    </Link>
  );
}

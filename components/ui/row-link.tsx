"use client";
import Link from "next/link";
import { type ComponentProps, useState } from "react";

export type RowLinkProps = Omit<ComponentProps<typeof Link>, "prefetch" | "onMouseEnter" | "onTouchStart" | "onFocus">;

/** A link among many. Fifty of them in sight fetch nothing; the one that the hand or the keyboard comes to is fetched ahead. */
export function RowLink({ className = "name-link", ...props }: RowLinkProps) {
  const [isNear, setNear] = useState(false);
  const near = () => setNear(true);
  return <Link {...props} className={className} prefetch={isNear ? null : false} onMouseEnter={near} onTouchStart={near} onFocus={near} />;
}

import Link from "next/link";
import type { ReactNode } from "react";

/** A link, or its words alone for whom nothing opens there. */
export function LinkIf({
  href,
  className = "text-link",
  children,
}: {
  readonly href: string | null;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  if (href === null) return children;
  return (
    <Link href={href} className={className}>
      {children}
    </Link>
  );
}

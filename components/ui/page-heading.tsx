"use client";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useRef } from "react";

/** The address whose heading was announced last; null until the first page, which the browser announces by itself. */
let announced: string | null = null;

export function PageHeading({ children }: { readonly children: ReactNode }) {
  const pathname = usePathname();
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (announced !== null && announced !== pathname) ref.current?.focus({ preventScroll: true });
    announced = pathname;
  }, [pathname]);
  return (
    <h1 ref={ref} tabIndex={-1} className="text-2xl font-semibold tracking-tight break-words">
      {children}
    </h1>
  );
}

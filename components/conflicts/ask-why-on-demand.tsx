"use client";
import { lazy, Suspense } from "react";
import type { AskProps } from "#components/roster/standing.tsx";

const AskWhy = lazy(() => import("#components/roster/standing.tsx").then(({ AskWhy }) => ({ default: AskWhy })));

/** Where most pages ask nothing: what asks comes with those that do. */
export function AskWhyOnDemand(props: AskProps) {
  return (
    <Suspense>
      <AskWhy {...props} />
    </Suspense>
  );
}

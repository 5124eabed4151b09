"use client";
import { lazy, Suspense } from "react";
import type { ErrorNoticeProps } from "./error-notice.tsx";

export type { ErrorNoticeProps };

/** What is said is fetched when a page has failed: every page has this with it, and few fail. */
const ErrorNotice = lazy(() =>
  import("./error-notice.tsx").then(
    ({ ErrorNotice }) => ({ default: ErrorNotice }),
    // The server that failed may give nothing else either.
    () => ({ default: Bare }),
  ),
);

export function ErrorOnDemand(props: ErrorNoticeProps & { readonly framed?: boolean }) {
  return (
    <Suspense>
      <ErrorNotice {...props} />
    </Suspense>
  );
}

function Bare({ reset }: ErrorNoticeProps) {
  return (
    <div role="alert">
      <h1>This page could not be loaded</h1>
      <button type="button" onClick={reset} className="text-link">
        Try again
      </button>
    </div>
  );
}

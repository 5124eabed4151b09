"use client";
import { lazy, Suspense } from "react";
import type { ErrorNoticeProps } from "./error-notice.tsx";

export type { ErrorNoticeProps };

/** What is said is fetched when a page has failed: every page has this with it, and few fail. */
const ErrorNotice = lazy(() =>
  import("./error-notice.tsx").then(
    ({ ErrorNotice }) => ({ default: ErrorNotice }),
    // The server that failed may give nothing else either.
    () => ({ default: () => <>This page could not be loaded.</> }),
  ),
);

export function ErrorOnDemand(props: ErrorNoticeProps & { readonly framed?: boolean }) {
  return (
    <Suspense>
      <ErrorNotice {...props} />
    </Suspense>
  );
}

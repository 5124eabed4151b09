"use client";
import { lazy, Suspense, useState, useSyncExternalStore } from "react";
import "./nonce.ts";
import { type ShownToast, shownToasts, subscribeToToasts } from "./toast.tsx";

const none: readonly ShownToast[] = [];
const Toasts = lazy(() => import("./toasts.tsx").then(({ Toasts }) => ({ default: Toasts })));

/** Where messages come up. How they look is fetched with the first. */
export function Toaster() {
  const messages = useSyncExternalStore(subscribeToToasts, shownToasts, () => none);
  const [hasBegun, begin] = useState(false);
  if (messages.length > 0 && !hasBegun) begin(true);
  return hasBegun ? (
    <Suspense>
      <Toasts messages={messages} />
    </Suspense>
  ) : null;
}

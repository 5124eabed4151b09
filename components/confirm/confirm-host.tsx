"use client";
import { lazy, Suspense, useSyncExternalStore } from "react";
import { subscribeToAsked, whatIsAsked } from "./confirmed.ts";
import type { ProveActions } from "./prove.tsx";

const ConfirmItIsYou = lazy(() => import("./confirm-it-is-you.tsx").then(({ ConfirmItIsYou }) => ({ default: ConfirmItIsYou })));

export interface ConfirmHostProps {
  readonly actions: ProveActions;
  /** Where one signs in anew. */
  readonly signInHref: string;
}

/** Where the one dialog stands that asks who it is. */
export function ConfirmHost(props: ConfirmHostProps) {
  const asked = useSyncExternalStore(subscribeToAsked, whatIsAsked, () => null);
  return asked === null ? null : (
    <Suspense>
      <ConfirmItIsYou {...props} why={asked.why} onAnswer={asked.answer} />
    </Suspense>
  );
}

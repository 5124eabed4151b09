"use client";
import { lazy, Suspense } from "react";
import type { SignOutButtonProps } from "./sign-out.tsx";

const SignOutButton = lazy(() => import("./sign-out.tsx").then(({ SignOutButton }) => ({ default: SignOutButton })));

/** For the page that refuses somebody: it is loaded with every other, and few are refused. */
export function SignOutOnDemand(props: SignOutButtonProps) {
  return (
    <Suspense>
      <SignOutButton {...props} />
    </Suspense>
  );
}

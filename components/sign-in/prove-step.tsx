"use client";
import { useActionState } from "react";
import { Prove, type ProveProps } from "#components/confirm/prove.tsx";
import type { Result } from "#components/settings/result.ts";

export interface ProveStepProps extends Pick<ProveProps, "ways" | "actions"> {
  readonly doneHref: string;
  /** What the browser itself sends the form to, before the page is awake or without JavaScript. */
  readonly send: (before: Result | null, form: FormData) => Promise<Result>;
}

/** The step of signing in with a second factor. */
export function ProveStep({ doneHref, send, ...rest }: ProveStepProps) {
  const [refused, action] = useActionState(send, null);
  return <Prove {...rest} label="Continue" byForm={{ action, refused }} onProved={() => window.location.assign(doneHref)} />;
}

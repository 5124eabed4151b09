"use client";
import { Prove, type ProveProps } from "#components/confirm/prove.tsx";

export interface ProveStepProps extends Pick<ProveProps, "ways" | "actions"> {
  readonly doneHref: string;
}

/** The step of signing in with a second factor. */
export function ProveStep({ doneHref, ...rest }: ProveStepProps) {
  return <Prove {...rest} label="Continue" onProved={() => window.location.assign(doneHref)} />;
}

import type { ReactNode } from "react";
import { ReadOnly } from "#components/ui/read-only.tsx";
import type { Capability } from "#lib/platform/roles.ts";
import { allowed } from "./session.ts";

interface OnlyForProps {
  readonly capability: Capability;
  readonly children: ReactNode;
}

/** There for whoever may do it. */
export async function OnlyFor({ capability, children }: OnlyForProps) {
  return (await allowed())(capability) ? children : null;
}

/** To be read by whoever may not do it: its buttons are not there. */
export async function ReadOnlyBut({ capability, children }: OnlyForProps) {
  return <ReadOnly is={!(await allowed())(capability)}>{children}</ReadOnly>;
}

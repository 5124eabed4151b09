import { LinkButton } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import type { ConflictCounts } from "#lib/services/conflicts/schema.ts";

/** How many people wait for somebody to say who they are; nothing where nobody does. */
export function ConflictsNote({ conflicts: { open, since }, href }: { readonly conflicts: ConflictCounts; readonly href: string }) {
  if (open === 0 || since === null) return null;
  return (
    <Callout
      tone="warn"
      title={`${formatCount(open, "conflict")} to decide`}
      action={<LinkButton href={href}>Look at conflicts</LinkButton>}
    >
      {open === 1
        ? "A person in the SIS may be one of several accounts, or somebody new"
        : "People in the SIS may be one of several accounts, or somebody new"}
      : a sync does not guess. The first has waited since <DateTime at={since} />.
    </Callout>
  );
}

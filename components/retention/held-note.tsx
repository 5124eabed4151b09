import { Callout } from "#components/ui/callout.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import type { ErasureView } from "#lib/services/retention/schema.ts";

/** That nothing about a person is erased, since when, by whom and why; nothing where they are not held. */
export function HeldNote({ hold }: Pick<ErasureView, "hold">) {
  if (hold === null) return null;
  return (
    <Callout
      tone="neutral"
      title={
        <>
          Held from erasure since <DateTime at={hold.heldAt} as="date" />
          {hold.heldBy === null ? "" : ` by ${hold.heldBy}`}
        </>
      }
    >
      <p className="break-words">“{hold.reason}”</p>
    </Callout>
  );
}

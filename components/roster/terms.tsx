import { formatSpan } from "#lib/platform/format/date-time.ts";
import { Nothing } from "./status.tsx";

export interface TermsProps {
  readonly of: { readonly terms: readonly string[]; readonly beginsOn: string | null; readonly endsOn: string | null };
}

/** The terms of a classroom, and from when to when they make it last. */
export function Terms({ of: { terms, beginsOn, endsOn } }: TermsProps) {
  const span = formatSpan(beginsOn, endsOn);
  if (terms.length === 0) return <Nothing />;
  return (
    <>
      {terms.join(", ")}
      {span === null ? null : <span className="block text-fine text-muted">{span}</span>}
    </>
  );
}

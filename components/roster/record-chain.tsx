import type { ReactNode } from "react";
import { Chain } from "#components/chain/chain.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { LinkIf } from "#components/ui/link-if.tsx";
import type { CameLink, CameRow } from "#lib/services/chain/schema.ts";
import type { RosterLinks } from "./links.ts";

/** The way of a record and of its enrollments from the SIS to Aivo. */
export function RecordChain({ rows, links }: { readonly rows: readonly CameRow[]; readonly links: RosterLinks }) {
  return (
    <section aria-label="Why: from the SIS to Aivo" className="border-y border-line py-4">
      <Chain
        rows={rows.map(({ name, links: own }) => ({
          name,
          links: own.map((link) => ({ word: link.word, state: link.state, what: whatOf(link), detail: detailOf(link, links) })),
        }))}
      />
    </section>
  );
}

function whatOf({ what, at }: CameLink): ReactNode {
  return what ?? (at === null ? "Not told" : <DateTime at={at} />);
}

function detailOf({ detail, since, run, what, at }: CameLink, links: RosterLinks): ReactNode {
  const parts = [
    run === null ? null : (
      <LinkIf key="run" href={links.run(run.integrationId, run.runId)}>
        Sync {run.number}
      </LinkIf>
    ),
    detail,
    since === null ? null : (
      <span key="since">
        since <DateTime at={since} as="date" />
      </span>
    ),
    what === null || at === null ? null : <DateTime key="at" at={at} />,
  ].filter((part) => part !== null);
  return parts.length === 0 ? undefined : parts.flatMap((part, nth) => (nth === 0 ? [part] : [", ", part]));
}

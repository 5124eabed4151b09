import Link from "next/link";
import { Card } from "#components/ui/card.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import type { PersonViews, ViewWords } from "#lib/services/views/schema.ts";

export interface WhoLookedProps {
  readonly views: PersonViews;
  readonly wordsOf: ViewWords;
  readonly allHref: string;
}

/** The last who were shown a person's data. Nothing where that was never recorded. */
export function WhoLooked({ views: { isOn, latest, hasMore }, wordsOf, allHref }: WhoLookedProps) {
  if (!isOn && latest.length === 0) return null;
  return (
    <Card title="Who looked" lead={isOn ? undefined : "It is not recorded at present. This was recorded before."}>
      {latest.length === 0 ? (
        <p className="text-sm text-muted">Nobody yet, since it is recorded.</p>
      ) : (
        <ul aria-label="Who looked" className="grid gap-2 text-sm">
          {latest.map((view) => (
            <li key={view.id} className="flex flex-wrap justify-between gap-x-4">
              <span className="min-w-0">
                <b className="font-strong">{wordsOf(view).who}</b> in {wordsOf(view).where}
              </span>
              <span className="text-muted">
                <DateTime at={view.at} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {latest.length === 0 ? null : (
        <p className="pt-3 text-sm">
          <Link href={allHref} className="text-link">
            {hasMore ? "All who looked" : "More about these"}
          </Link>
        </p>
      )}
    </Card>
  );
}

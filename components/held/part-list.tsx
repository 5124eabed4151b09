import { clsx } from "clsx";
import Link from "next/link";
import { Card } from "#components/ui/card.tsx";
import type { HeldPart } from "#lib/services/runs/held-schema.ts";

export interface PartListProps {
  readonly parts: readonly HeldPart[];
  /** Those that are left out, by id. */
  readonly left: ReadonlySet<string>;
  readonly hrefs: Readonly<Record<string, string>>;
  readonly onChoose: (id: string, isIn: boolean) => void;
}

/** The parts of a plan, each to be left out or not; what goes with all says so. */
export function PartList({ parts, left, hrefs, onChoose }: PartListProps) {
  const isChoice = parts.some(({ whyWithAll }) => whyWithAll === null);
  return (
    <Card title="What it would do" aside={isChoice ? "uncheck a part to leave it out" : null} flush>
      <ul className="divide-y divide-line">
        {parts.map(({ id, title, note, whyWithAll, isOdd }) => (
          <li key={id} className="flex items-start justify-between gap-4 py-3">
            <label className={clsx("flex min-w-0 items-start gap-3", whyWithAll === null && "cursor-pointer")}>
              <input
                type="checkbox"
                name={id}
                checked={!left.has(id)}
                disabled={whyWithAll !== null}
                onChange={(event) => onChoose(id, event.target.checked)}
                className="mt-0.5 size-4 shrink-0 accent-accent"
              />
              <span className="min-w-0 text-sm">
                <span className="font-strong">{title}</span>
                {note === null ? null : <span className={clsx("block text-small", isOdd ? "text-ask" : "text-muted")}>{note}</span>}
                {whyWithAll === null ? null : <span className="block text-small text-muted">{whyWithAll}</span>}
              </span>
            </label>
            <Link href={hrefs[id] ?? "#"} className="shrink-0 text-small leading-5 text-muted hover:text-ink hover:underline">
              See them<span className="sr-only">: {title}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}

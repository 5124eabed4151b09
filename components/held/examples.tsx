import { clsx } from "clsx";
import Link from "next/link";
import { Icon } from "#components/ui/icon.tsx";
import type { HeldExample } from "#lib/services/runs/held-schema.ts";

export interface ExamplesProps {
  readonly examples: readonly HeldExample[];
  /** Null where somebody has no page. */
  readonly hrefOf: (example: HeldExample) => string | null;
}

const columns = "grid items-center gap-x-3 gap-y-1 sm:grid-cols-[11rem_minmax(0,1fr)_1.25rem_minmax(0,1fr)]";

/** A few people of a plan, one for each kind of change: as they are, and as they would be. */
export function Examples({ examples, hrefOf }: ExamplesProps) {
  return (
    <>
      <div aria-hidden className={clsx(columns, "h-8 text-fine font-medium text-muted max-sm:hidden")}>
        <span />
        <span>In Aivo today</span>
        <span />
        <span>After this sync</span>
      </div>
      <ul className="divide-y divide-line text-sm sm:border-t sm:border-line">
        {examples.map((example) => {
          const { id, name, kind, before, after, isOdd } = example;
          const href = hrefOf(example);
          return (
            <li key={`${id} ${kind}`} className={clsx(columns, "min-h-12 py-2")}>
              <span className="min-w-0">
                {href === null ? (
                  <span className="font-strong">{name}</span>
                ) : (
                  <Link href={href} className="name-link">
                    {name}
                  </Link>
                )}
                <span className="block text-fine text-muted">{kind}</span>
              </span>
              <Side label="In Aivo today" said={before} className="text-muted" />
              <Icon name="arrow-right" className="size-4 text-muted max-sm:hidden" />
              <Side label="After this sync" said={after} className={isOdd ? "text-ask" : ""} />
            </li>
          );
        })}
      </ul>
    </>
  );
}

function Side({
  label,
  said: [first, second],
  className,
}: {
  readonly label: string;
  readonly said: readonly [string, string | null];
  readonly className: string;
}) {
  return (
    <span className="min-w-0 break-words">
      <span className="text-fine text-muted sm:sr-only">{label}: </span>
      <span className={className}>{first}</span>
      {second === null ? null : <span className="block text-fine text-muted">{second}</span>}
    </span>
  );
}

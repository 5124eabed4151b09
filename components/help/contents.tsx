import { clsx } from "clsx";
import Link from "next/link";
import { type HelpEntry, helpGroups } from "#lib/services/help/schema.ts";

export interface ContentsProps {
  readonly entries: readonly HelpEntry[];
  readonly hrefOf: (page: string) => string;
  /** The page that is open; null: none. */
  readonly current: string | null;
}

/** Every page of the documentation, by its group. */
export function Contents({ entries, hrefOf, current }: ContentsProps) {
  return (
    <nav aria-label="Help" className="grid content-start gap-5">
      {helpGroups.map((group) => (
        <section key={group} aria-labelledby={idOf(group)}>
          <p id={idOf(group)} className="eyebrow pb-1">
            {group}
          </p>
          <ul className="grid">
            {entries
              .filter((entry) => entry.group === group)
              .map(({ page, title }) => (
                <li key={page}>
                  <Link
                    href={hrefOf(page)}
                    prefetch={false}
                    aria-current={page === current ? "page" : undefined}
                    className={clsx(
                      "-ml-2 block rounded-md px-2 py-1 text-small text-pretty hover:bg-sunken max-lg:py-2.5",
                      page === current ? "bg-sunken font-strong text-ink" : "text-soft",
                    )}
                  >
                    {title}
                  </Link>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}

const idOf = (group: string) => `help-${group.toLowerCase().replaceAll(" ", "-")}`;

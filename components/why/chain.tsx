import { clsx } from "clsx";
import Link from "next/link";
import { DateTime } from "#components/ui/date-time.tsx";
import type { LinkState, WhyLink } from "#lib/services/why/schema.ts";
import type { HrefOf } from "./why-words.ts";

const looks: Readonly<Record<LinkState, { readonly dot: string; readonly word: string }>> = {
  holds: { dot: "bg-accent", word: "Yes:" },
  breaks: { dot: "border-[2.5px] border-ask-mark bg-canvas", word: "Breaks here:" },
  told: { dot: "border-[2.5px] border-edge bg-canvas", word: "To know:" },
};

export interface ChainProps {
  /** Names the list for those who cannot see where it stands. */
  readonly label: string;
  readonly links: readonly WhyLink[];
  readonly hrefOf: HrefOf;
}

/** Links of a chain below each other: filled as far as it holds, hollow and dotted where it does not, with what to do about it. */
export function Chain({ label, links, hrefOf }: ChainProps) {
  if (links.length === 0) return null;
  return (
    <ol aria-label={label} className="grid">
      {links.map((link, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: several links may be about the same, and their order is what tells them apart
        <Step key={index} link={link} isLast={index === links.length - 1} hrefOf={hrefOf} />
      ))}
    </ol>
  );
}

function Step({ link, isLast, hrefOf }: { readonly link: WhyLink; readonly isLast: boolean; readonly hrefOf: HrefOf }) {
  const { more } = link;
  const href = more === null ? null : hrefOf(more.to);
  const { dot, word } = looks[link.state];
  return (
    <li className={clsx("relative grid grid-cols-[0.875rem_minmax(0,1fr)] gap-x-3.5", isLast ? "" : "pb-4")}>
      <span aria-hidden className={clsx("mt-[0.1875rem] size-3.5 rounded-full", dot)} />
      {isLast ? null : (
        <span
          aria-hidden
          className={clsx(
            "absolute top-[1.375rem] bottom-px left-1.5 border-l-2",
            link.state === "breaks" ? "border-dashed border-ask-mark" : "border-trace",
          )}
        />
      )}
      <div className="min-w-0 text-sm">
        <p className="font-medium">
          <span className="sr-only">{word} </span>
          {link.title}
        </p>
        <p className="leading-relaxed break-words">{link.says}</p>
        {link.remedy === null ? null : (
          <p className="leading-relaxed">
            <span className="text-muted">What to do:</span> {link.remedy}
          </p>
        )}
        {link.at === null && link.more === null ? null : (
          <p className="flex flex-wrap gap-x-3 text-small text-muted">
            {link.at === null ? null : <DateTime at={link.at} />}
            {more === null || href === null ? null : (
              <Link href={href} className="text-link">
                {more.label}
              </Link>
            )}
          </p>
        )}
      </div>
    </li>
  );
}

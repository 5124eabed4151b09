import { clsx } from "clsx";
import { Check, Minus, X } from "lucide-react";
import Link from "next/link";
import { DateTime } from "#components/ui/date-time.tsx";
import type { LinkState, WhyLink } from "#lib/services/why/schema.ts";
import type { HrefOf } from "./why-words.ts";

const looks: Readonly<Record<LinkState, { readonly icon: typeof Check; readonly dot: string; readonly word: string }>> = {
  holds: { icon: Check, dot: "bg-accent text-on-accent", word: "Yes:" },
  breaks: { icon: X, dot: "border-2 border-dashed border-harm bg-surface text-harm", word: "Breaks here:" },
  told: { icon: Minus, dot: "border border-edge bg-surface text-muted", word: "To know:" },
};

export interface ChainProps {
  /** Names the list for those who cannot see where it stands. */
  readonly label: string;
  readonly links: readonly WhyLink[];
  readonly hrefOf: HrefOf;
}

/** Links of a chain below each other: filled as far as it holds, hollow and broken where it does not, with what to do about it. */
export function Chain({ label, links, hrefOf }: ChainProps) {
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
  const { icon: Icon, dot, word } = looks[link.state];
  return (
    <li className={clsx("relative grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-3", isLast ? "" : "pb-4")}>
      <span aria-hidden className={clsx("z-10 mt-0.5 grid size-5 place-items-center rounded-full", dot)}>
        <Icon className="size-3" strokeWidth={3} />
      </span>
      {isLast ? null : (
        <span
          aria-hidden
          className={clsx(
            "absolute top-6 bottom-0 left-[0.5625rem] border-l-2",
            link.state === "breaks" ? "border-dashed border-harm/50" : "border-line",
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
            {link.more === null ? null : (
              <Link href={hrefOf(link.more.to)} className="text-link">
                {link.more.label}
              </Link>
            )}
          </p>
        )}
      </div>
    </li>
  );
}

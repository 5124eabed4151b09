import Link from "next/link";
import { Chain } from "#components/chain/chain.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import type { ChainWord } from "#lib/services/why/schema.ts";
import type { HrefOf } from "./why-words.ts";

export interface FourWordsProps {
  /** One for each integration, called so. */
  readonly rows: readonly { readonly name: string; readonly words: readonly ChainWord[] }[];
  readonly hrefOf: HrefOf;
}

/** The chain of why in full: with what to do where it broke, and the page that shows more. */
export function FourWords({ rows, hrefOf }: FourWordsProps) {
  return (
    <Chain
      rows={rows.map(({ name, words }) => ({
        name,
        links: words.map((word) => ({ word: word.word, state: word.state, detail: <Detail word={word} hrefOf={hrefOf} /> })),
      }))}
    />
  );
}

function Detail({ word: { says, at, remedy, more }, hrefOf }: { readonly word: ChainWord; readonly hrefOf: HrefOf }) {
  const href = more === null ? null : hrefOf(more.to);
  return (
    <div className="grid gap-1">
      {says === null && at === null ? null : (
        <p>
          {says} {at === null ? null : <DateTime at={at} as={says === null || says.endsWith(".") ? "date-time" : "sentence"} />}
        </p>
      )}
      {remedy === null ? null : (
        <p className="text-ink">
          <span className="text-muted">What to do:</span> {remedy}
        </p>
      )}
      {more === null || href === null ? null : (
        <p>
          <Link href={href} className="text-link">
            {more.label}
          </Link>
        </p>
      )}
    </div>
  );
}

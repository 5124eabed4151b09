import { clsx } from "clsx";
import Link from "next/link";
import { Fragment } from "react";
import type { Sentence } from "#lib/services/overview/sentence-schema.ts";
import { hrefOf, type SentenceLinks } from "./links.ts";

/** What holds, and on a line of its own what does not, each part a link to whom or what it is about. */
export function SentenceText({ sentence: { holds, open }, links }: { readonly sentence: Sentence; readonly links: SentenceLinks }) {
  return (
    <>
      {holds}
      {open.length === 0 ? null : " "}
      <span className="block">
        {open.map(({ text, target, isHarm }, n) => (
          <Fragment key={text}>
            {n === 0 ? "" : "; "}
            {target === undefined ? (
              text
            ) : (
              <Link href={hrefOf(target, links)} className={clsx("sentence-link", isHarm && "text-harm")}>
                {text}
              </Link>
            )}
          </Fragment>
        ))}
        {open.length === 0 ? "" : "."}
      </span>
    </>
  );
}

import Link from "next/link";
import type { RunSentence } from "./run-sentence.ts";

/** The sentence of a run that is over; who is harmed stands in it in red, and leads to why. */
export function RunTitle({ sentence: { first, harm, rest }, harmHref }: { readonly sentence: RunSentence; readonly harmHref: string }) {
  return (
    <>
      {first}
      {harm === null && rest === null ? null : <br />}
      {harm === null ? null : (
        <Link href={harmHref} className="sentence-link text-harm">
          {harm}
        </Link>
      )}
      {harm === null ? null : rest === null ? "." : "; "}
      {rest}
    </>
  );
}

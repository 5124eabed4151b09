import { clsx } from "clsx";
import { Fragment } from "react";
import type { Sentence } from "#lib/services/chain/schema.ts";

const colors = { plain: "text-muted", ask: "text-ask", harm: "text-harm" } as const;

/** The sentence of a page: what holds, then what does not, with the way to where it is explained. */
export function RecordSentence({ sentence: { text, tone, clauses } }: { readonly sentence: Sentence }) {
  return (
    <>
      <span className={tone === "harm" ? "text-harm" : undefined}>{text}</span>
      {clauses.map((clause) => (
        <Fragment key={clause.text}>
          {" "}
          <span className={clsx("block", colors[clause.tone])}>
            {clause.at === null ? (
              clause.text
            ) : (
              <a href={`#${clause.at}`} className="sentence-link">
                {clause.text}
              </a>
            )}
          </span>
        </Fragment>
      ))}
    </>
  );
}

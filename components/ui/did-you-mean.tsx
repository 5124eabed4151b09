import Link from "next/link";

export interface DidYouMeanProps {
  readonly meant: readonly { readonly key: string; readonly says: string; readonly href: string }[];
}

/** What a search that found nothing may have been for. */
export function DidYouMean({ meant }: DidYouMeanProps) {
  return (
    <p className="mb-1 text-ink">
      Did you mean{" "}
      {meant.map(({ key, says, href }, place) => (
        <span key={key}>
          {place === 0 ? "" : place === meant.length - 1 ? " or " : ", "}
          <Link href={href} className="text-link">
            {says}
          </Link>
        </span>
      ))}
      ?
    </p>
  );
}

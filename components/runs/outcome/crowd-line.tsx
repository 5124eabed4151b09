import Link from "next/link";
import type { Crowd } from "#lib/services/runs/people-changed-schema.ts";
import { crowdWords } from "./crowd-words.ts";

export interface CrowdLineProps {
  readonly crowd: Crowd;
  /** Where each of them is named. */
  readonly href: string;
  /** For who cannot see whose heading it stands under; null: of all schools. */
  readonly school: string | null;
}

/** People of a kind who are too many to be named, as a line. */
export function CrowdLine({ crowd, href, school }: CrowdLineProps) {
  const words = crowdWords(crowd);
  return (
    <>
      <span className="font-strong">{words}</span>
      <Link
        href={href}
        prefetch={false}
        aria-label={`See them: ${words}${school === null ? "" : `, ${school}`}`}
        className="text-link whitespace-nowrap"
      >
        See them
      </Link>
    </>
  );
}

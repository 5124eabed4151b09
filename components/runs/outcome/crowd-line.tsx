import Link from "next/link";
import type { Crowd } from "#lib/services/runs/people-changed-schema.ts";
import { crowdWords } from "./crowd-words.ts";

interface CrowdLineProps {
  readonly crowd: Crowd;
  /** Where each of them is named. */
  readonly href: string;
  /** For who cannot see whose heading it stands under; null: of all schools. */
  readonly school: string | null;
}

/** People of a kind who are too many to be named, as a line. */
function CrowdLine({ crowd, href, school }: CrowdLineProps) {
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

export interface CrowdsProps {
  readonly crowds: readonly Crowd[];
  readonly school: string | null;
  readonly href: (crowd: Crowd) => string;
  readonly rowClassName: string;
}

/** Those who changed alike, a line each. */
export function Crowds({ crowds, school, href, rowClassName }: CrowdsProps) {
  return (
    <ul>
      {crowds.map((crowd) => (
        <li key={`${crowd.runId} ${crowd.role} ${crowd.turn}`} className={rowClassName}>
          <CrowdLine crowd={crowd} href={href(crowd)} school={school} />
        </li>
      ))}
    </ul>
  );
}

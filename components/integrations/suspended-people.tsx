import Link from "next/link";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import type { Suspended } from "#lib/services/integrations/schema.ts";

/** "9 people who left can still sign in": what goes on although the SIS no longer lists it. */
export function suspendedTitle({ people, classrooms, memberships, others }: Omit<Suspended, "named" | "runId">): string {
  if (people > 0) return `${formatCount(people, "person", "people")} who left can still sign in`;
  const kept = [
    classrooms > 0 ? formatCount(classrooms, "classroom") : null,
    memberships > 0 ? formatCount(memberships, "class membership") : null,
    others > 0 ? formatCount(others, "school, term or course", "schools, terms or courses") : null,
  ].filter((part) => part !== null);
  const list = [kept.slice(0, -1).join(", "), kept.at(-1)].filter((part) => part).join(" and ");
  const isOne = people + classrooms + memberships + others === 1;
  return `${list} that the SIS no longer lists ${isOne ? "goes" : "go"} on`;
}

interface Props {
  readonly suspended: Suspended;
  readonly causeHref: (runId: string) => string;
  readonly personHref: (role: "teacher" | "learner", id: string) => string;
}

/** The cause first, then who it is. */
export function SuspendedPeople({ suspended, causeHref, personHref }: Props) {
  const { people, named, runId } = suspended;
  return (
    <div className="grid gap-1">
      <p>
        A row without an id may be one of them, so they are not withdrawn:{" "}
        {runId === null ? (
          "give the row its id in the SIS, or remove it."
        ) : (
          <Link className="text-link" href={causeHref(runId)}>
            see the row, and give it its id in the SIS or remove it
          </Link>
        )}
      </p>
      {named.length === 0 ? null : (
        <p className="wrap-anywhere">
          {named.map(({ id, name, role }, index) => (
            <span key={id}>
              {index > 0 ? ", " : ""}
              <Link className="text-link" href={personHref(role, id)}>
                {name}
              </Link>
            </span>
          ))}
          {people > named.length ? ` and ${formatNumber(people - named.length)} more` : ""}
        </p>
      )}
    </div>
  );
}

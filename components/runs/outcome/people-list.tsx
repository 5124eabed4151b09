import { SchoolName } from "#components/ui/school-mark.tsx";
import type { Crowd, PeopleChanged, PersonChanged } from "#lib/services/runs/people-changed-schema.ts";
import { Crowds } from "./crowd-line.tsx";
import { PersonLine } from "./person-line.tsx";

const crowdRow = "flex min-h-row items-center justify-between gap-3 border-t border-line py-1";

export interface PeopleListProps {
  readonly people: Pick<PeopleChanged, "crowds" | "groups">;
  readonly personHref: (person: PersonChanged) => string;
  /** Where the people of such a line are named; of a school by its id, and null those of none. */
  readonly crowdHref: (crowd: Crowd, school?: string | null) => string;
}

/** Whom a run changed, by school, a line a person, and one for many who changed alike. */
export function PeopleList({ people: { crowds, groups }, personHref, crowdHref }: PeopleListProps) {
  return (
    <div className="grid gap-3">
      {crowds.length === 0 ? null : <Crowds rowClassName={crowdRow} crowds={crowds} school={null} href={(crowd) => crowdHref(crowd)} />}
      {groups.map(({ schoolId, school, place, crowds: ofSchool, people }) => (
        <section key={schoolId ?? "none"} aria-label={school ?? "Without a school"} className="min-w-0">
          <h3 className="eyebrow flex min-h-7 items-center">
            {school === null ? "Without a school" : <SchoolName name={school} place={place} />}
          </h3>
          {ofSchool.length === 0 ? null : (
            <Crowds
              rowClassName={crowdRow}
              crowds={ofSchool}
              school={school ?? "without a school"}
              href={(crowd) => crowdHref(crowd, schoolId)}
            />
          )}
          {people.length === 0 ? null : (
            <ul>
              {people.map((person) => (
                <PersonLine key={person.accountId} person={person} href={personHref(person)} />
              ))}
            </ul>
          )}
        </section>
      ))}
    </div>
  );
}

import { SchoolName } from "#components/ui/school-mark.tsx";
import type { PeopleChanged, PersonChanged } from "#lib/services/runs/people-changed-schema.ts";
import { PersonLine } from "./person-line.tsx";

export interface PeopleListProps {
  readonly groups: PeopleChanged["groups"];
  readonly personHref: (person: PersonChanged) => string;
}

/** Whom a run changed, by school, a line a person. */
export function PeopleList({ groups, personHref }: PeopleListProps) {
  return (
    <div className="grid gap-3">
      {groups.map(({ schoolId, school, place, people }) => (
        <section key={schoolId ?? "none"} aria-label={school ?? "Without a school"} className="min-w-0">
          <h3 className="eyebrow flex min-h-7 items-center">
            {school === null ? "Without a school" : <SchoolName name={school} place={place} />}
          </h3>
          <ul>
            {people.map((person) => (
              <PersonLine key={person.accountId} person={person} href={personHref(person)} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

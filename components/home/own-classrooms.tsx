import { Card } from "#components/ui/card.tsx";
import { formatDay } from "#lib/platform/format/date-time.ts";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import { type Sight, type When, whenTitles } from "#lib/roster/when.ts";
import type { OwnClassroom } from "#lib/services/people/schema.ts";

/** Somebody's classes of one time, a line each; nothing where there is none but of those of now. */
export function OwnClassrooms({ when, classrooms }: { readonly when: When; readonly classrooms: readonly OwnClassroom[] }) {
  if (classrooms.length === 0 && when !== "now") return null;
  return (
    <Card title={whenTitles[when]} aside={classrooms.length === 0 ? null : formatNumber(classrooms.length)} flush>
      {classrooms.length === 0 ? (
        <p className="py-3 text-sm text-muted">No class at present.</p>
      ) : (
        <ul className="divide-y divide-line">
          {classrooms.map((classroom) => (
            <OwnClass key={classroom.id} classroom={classroom} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function OwnClass({ classroom }: { readonly classroom: OwnClassroom }) {
  const { name, periods, subjects, schoolName, teachers, learners, terms } = classroom;
  const facts = [subjects.join(", "), schoolName].filter(Boolean).join(" · ");
  return (
    <li className="grid gap-x-4 gap-y-1 py-3 text-sm sm:grid-cols-[5.5rem_minmax(0,1fr)_12rem_10rem]">
      <p className="text-muted">{periods.length === 0 ? <span className="max-sm:hidden">–</span> : `Period ${periods.join(", ")}`}</p>
      <div className="grid min-w-0 gap-0.5">
        <h3 className="font-strong break-words">{name}</h3>
        {facts === "" ? null : <p className="text-small text-muted">{facts}</p>}
        <Dated classroom={classroom} />
        {learners === null ? null : <Learners names={learners} />}
      </div>
      <p className="break-words text-soft">
        {teachers.length === 0 ? null : <span className="sr-only">{teachers.length > 1 ? "Teachers: " : "Teacher: "}</span>}
        {teachers.join(", ")}
      </p>
      <ul className="text-muted">
        {terms.map((term) => (
          <li key={`${term.name} ${term.beginDate}`} title={`${formatDay(term.beginDate)} – ${formatDay(term.endDate)}`}>
            {term.name}
          </li>
        ))}
      </ul>
    </li>
  );
}

const whatOfIt: Partial<Record<Sight, string>> = {
  prepare: "You can prepare it; learners see that it comes.",
  announced: "Opens on that day.",
  history: "Kept to look back at.",
};

/** From when, or until when it was, and what that means. Of one that is now nothing needs to be said. */
function Dated({ classroom: { when, sight, beginsOn, endsOn } }: { readonly classroom: OwnClassroom }) {
  const date = when === "upcoming" ? beginsOn : endsOn;
  if (when === "now" || date === null) return null;
  return (
    <p className="text-small">
      <strong className="font-medium">
        {when === "upcoming" ? "Begins" : "Ended"} {formatDay(date)}.
      </strong>{" "}
      {whatOfIt[sight]}
    </p>
  );
}

function Learners({ names }: { readonly names: readonly string[] }) {
  if (names.length === 0) return <p className="text-small text-muted">No learners yet.</p>;
  return (
    <details className="text-small">
      <summary className="min-h-6 w-fit content-center rounded font-medium">{formatCount(names.length, "learner")}</summary>
      <ol className="mt-2 columns-2 gap-4 leading-relaxed">
        {names.map((name, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two children may share a name, and the list never changes under them
          <li key={`${index}-${name}`} className="break-inside-avoid">
            {name}
          </li>
        ))}
      </ol>
    </details>
  );
}

import { formatDay } from "#lib/platform/format/date-time.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import type { Sight } from "#lib/roster/when.ts";
import type { OwnClassroom } from "#lib/services/people/schema.ts";

export function OwnClassroomCard({ classroom }: { readonly classroom: OwnClassroom }) {
  const period = classroom.periods.length === 0 ? null : `Period ${classroom.periods.join(", ")}`;
  const facts = [classroom.subjects.join(", "), period, classroom.schoolName].filter(Boolean);
  return (
    <li className="grid content-start gap-4 rounded-lg border border-line bg-surface p-5 shadow-raised">
      <div className="grid gap-0.5">
        <h3 className="text-head text-pretty">{classroom.name}</h3>
        {facts.length === 0 ? null : <p className="text-sm text-muted">{facts.join(" · ")}</p>}
        <When classroom={classroom} />
      </div>
      <People title={classroom.teachers.length > 1 ? "Teachers" : "Teacher"} names={classroom.teachers} />
      {classroom.learners === null ? null : <Learners names={classroom.learners} />}
      {classroom.terms.length === 0 ? null : (
        <ul className="grid gap-0.5 border-t border-line pt-3 text-small text-muted">
          {classroom.terms.map((term) => (
            <li key={`${term.name} ${term.beginDate}`}>
              {term.name}: {formatDay(term.beginDate)} – {formatDay(term.endDate)}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

const whatOfIt: Partial<Record<Sight, string>> = {
  prepare: "You can prepare it; learners see that it comes.",
  announced: "Opens on that day.",
  history: "Kept to look back at.",
};

/** From when, or until when it was, and what that means. Of one that is now nothing needs to be said. */
function When({ classroom: { when, sight, beginsOn, endsOn } }: { readonly classroom: OwnClassroom }) {
  const date = when === "upcoming" ? beginsOn : endsOn;
  if (when === "now" || date === null) return null;
  return (
    <p className="pt-1 text-sm">
      <strong className="font-medium">
        {when === "upcoming" ? "Begins" : "Ended"} {formatDay(date)}.
      </strong>{" "}
      {whatOfIt[sight]}
    </p>
  );
}

function People({ title, names }: { readonly title: string; readonly names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <div>
      <p className="eyebrow">{title}</p>
      <p className="text-sm">{names.join(", ")}</p>
    </div>
  );
}

function Learners({ names }: { readonly names: readonly string[] }) {
  if (names.length === 0) return <p className="text-sm text-muted">No learners yet.</p>;
  return (
    <details className="text-sm">
      <summary className="w-fit rounded font-medium">{formatCount(names.length, "learner")}</summary>
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

import { LinkButton } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import { leavesOut } from "#lib/roster/scope.ts";
import { inWords, kindWords, type ScopeState } from "#lib/services/scope/schema.ts";

/** What an integration leaves out, and how much that is. */
export function ScopeCard({ state, href }: { readonly state: ScopeState; readonly href: string }) {
  const { scope, counts, isApplied, isRead } = state;
  const parts = [
    ...(scope.schools.length > 0 ? [formatCount(scope.schools.length, "school", "schools")] : []),
    ...(scope.grades.length > 0 ? [formatCount(scope.grades.length, "grade", "grades")] : []),
    ...(scope.terms.length > 0 ? [formatCount(scope.terms.length, "term", "terms")] : []),
    ...(scope.courses.length > 0 ? [formatCount(scope.courses.length, "course", "courses")] : []),
    ...scope.kinds.map((kind) => `all ${kindWords[kind].label.toLowerCase()}`),
  ];
  const out = inWords(counts, "out");
  return (
    <Card
      title="Scope"
      actions={
        <LinkButton size="sm" href={href}>
          Change scope
        </LinkButton>
      }
    >
      {leavesOut(scope) ? (
        <>
          <p className="text-sm">
            Left out: <strong>{parts.join(", ")}</strong>
            {out === null ? "" : `, which is ${out}`}. What Aivo has of it {scope.outside === "leave" ? "stays as it is" : "is withdrawn"}.
          </p>
          {isApplied || !isRead ? null : <p className="mt-1 text-sm text-ask">No sync has applied this yet.</p>}
        </>
      ) : (
        <p className="text-sm">
          Everything that the SIS sends comes through.
          {isApplied || !isRead ? "" : " What was left out before comes back with the next sync."}
        </p>
      )}
    </Card>
  );
}

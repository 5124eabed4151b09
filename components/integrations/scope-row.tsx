import { formatCount } from "#lib/platform/format/number.ts";
import { leavesOut } from "#lib/roster/scope.ts";
import { inWords, kindWords, type ScopeState } from "#lib/services/scope/schema.ts";
import { RowLink, SettingRow } from "./setting-row.tsx";

/** What an integration leaves out, and how much that is. */
export function ScopeRow({ state, href }: { readonly state: ScopeState; readonly href: string }) {
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
    <SettingRow
      label="Scope"
      action={<RowLink label="Change scope" href={href} />}
      detail={
        leavesOut(scope) ? (
          <>
            {out === null ? null : `${out.charAt(0).toUpperCase()}${out.slice(1)}. `}What Aivo has of it{" "}
            {scope.outside === "leave" ? "stays as it is" : "is withdrawn"}.
            {isApplied || !isRead ? null : <span className="block text-ask">No sync has applied this yet.</span>}
          </>
        ) : isApplied || !isRead ? null : (
          "What was left out before comes back with the next sync."
        )
      }
    >
      {leavesOut(scope) ? `Left out: ${parts.join(", ")}` : "Everything that the SIS sends comes through."}
    </SettingRow>
  );
}

import { formatCount } from "#lib/platform/format/number.ts";
import type { OwnClassroom } from "./schema.ts";

/** The sentence that somebody's own page opens with: how many classes they have now, and how many are to come. */
export function ownSentence(role: "admin" | "teacher" | "learner", classrooms: readonly Pick<OwnClassroom, "when">[]): string {
  const of = (when: OwnClassroom["when"]) => classrooms.filter((room) => room.when === when).length;
  const [now, upcoming] = [of("now"), of("upcoming")];
  const verb = role === "teacher" ? "teach" : "are in";
  const today = now === 0 ? "no class now" : `${formatCount(now, "class", "classes")} now`;
  const next = upcoming === 0 ? "" : ` ${upcoming === 1 ? "1 class begins" : `${upcoming} classes begin`} later.`;
  return `You ${verb} ${today}.${next}`;
}

import type { Tone } from "#components/ui/tone.ts";
import { fullName } from "#lib/platform/format/person-name.ts";
import type { Decision, DecisionState, ShownPerson } from "#lib/services/conflicts/schema.ts";

export const nameOf = ({ givenName, familyName }: Pick<ShownPerson, "givenName" | "familyName">): string =>
  fullName({ givenName, middleName: null, familyName });

/** What beside the name tells who somebody is, on one line. */
export function tellingOf({ email, studentNumber }: ShownPerson): string {
  const parts = [email, studentNumber].filter((part) => part !== null && part !== "");
  return parts.length === 0 ? "no address, no number" : parts.join(" · ");
}

export const verdictWords: Record<Decision["verdict"], string> = {
  "same-person": "Is this account",
  "somebody-else": "Somebody new",
  ignored: "Ignored",
};

export const stateWords: Record<DecisionState, { readonly label: string; readonly tone: Tone }> = {
  pending: { label: "Next sync", tone: "info" },
  followed: { label: "Followed", tone: "good" },
  ignored: { label: "Left out", tone: "neutral" },
  lapsed: { label: "Lapsed", tone: "warn" },
};

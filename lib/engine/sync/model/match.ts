import type { Person } from "#lib/roster/canonical.ts";
import { type Evidence, isSomebodyElse } from "#lib/roster/same-person.ts";
import { ModelDecided } from "./decided.ts";
import { inRoster, type Model, type ModelLink, type ModelRecord } from "./types.ts";

export type ModelMatch = string | "conflict" | "takeover" | "ignored" | null;

/**
 * Test-only: product.md's order; "conflict" where it would be a guess, "takeover" where the rest says somebody else.
 * `comparedWith`: what an id is compared with; null where others supply all of the account. What an admin decided comes first.
 */
export function matchPeople(
  model: Model,
  links: ModelLink[],
  ended: ReadonlySet<ModelLink>,
  people: ReadonlyMap<string, Person>,
  unsaid: readonly string[],
  comparedWith: (account: ModelRecord, externalId: string) => Evidence | null,
  integration: string,
): Map<string, ModelMatch> {
  const matches = new Map<string, ModelMatch>();
  const contested = new Set<string>();
  const accounts = model.records.filter((record) => record.entity === "account");
  const decided = new ModelDecided(model, integration, people);
  const unended = links.filter((link) => link.rostered && !ended.has(link));
  const places = decided.places(people, links, unended);
  const remaining = unended.filter((link) => !places.get(link.externalId)?.isLeft);
  const claimed = new Set(remaining.map((link) => link.recordId));
  const linkOf = (externalId: string) => links.find((link) => link.externalId === externalId);
  for (const [externalId, person] of people) {
    const place = places.get(externalId);
    if (decided.of(externalId, "ignored")) matches.set(externalId, "ignored");
    else if (place?.isRefused) matches.set(externalId, "conflict");
    if (!place || place.record === null || matches.has(externalId)) continue;
    const account = accounts.find((candidate) => candidate.id === place.record);
    const isContested =
      place.link?.rostered === false &&
      (remaining.some((other) => other.recordId === place.record) ||
        [...places].some(([other, { record }]) => other !== externalId && record === place.record));
    const isSaid = decided.of(externalId, "same-person") !== undefined;
    const doubt = decided.of(externalId, "asked-again");
    const evidence = account ? comparedWith(account, externalId) : null;
    const isDoubted = doubt ? doubt.accounts.includes(place.record) : evidence !== null && isSomebodyElse(evidence, person, "id", true);
    const isTakeover = account && !isSaid && isDoubted;
    const isOtherRole = account?.values.role !== person.role;
    if (!isOtherRole && isTakeover) contested.add(place.record);
    matches.set(externalId, isOtherRole ? "conflict" : isTakeover ? "takeover" : isContested ? "conflict" : place.record);
  }
  for (const { record } of places.values()) if (record !== null) claimed.add(record);
  for (const id of contested) claimed.delete(id);
  const matchedBefore = new Map<string, string>();
  for (const field of ["email", "studentNumber"] as const) {
    const canHave = (role: unknown) => field === "email" || role === "learner";
    // Whose account an admin gave another value has that one, whatever the SIS says.
    const keptOf = (externalId: string) => accounts.find(({ id }) => id === linkOf(externalId)?.recordId)?.kept ?? {};
    const matchedBy = (externalId: string, person: Person) => (field in keptOf(externalId) ? keptOf(externalId)[field] : person[field]);
    const untold = new Set(
      [...people]
        .filter(
          ([externalId, person]) =>
            !(field in keptOf(externalId)) &&
            ((person as Person & { unreadable: readonly string[] }).unreadable.includes(field) ||
              (unsaid.includes(field) && person[field] === null)),
        )
        .flatMap(([externalId]) => places.get(externalId)?.record ?? matchedBefore.get(externalId) ?? []),
    );
    const unmentioned = remaining.flatMap((link) => (people.has(link.externalId) ? [] : link.recordId));
    const silent = [...new Set([...unmentioned, ...untold])].flatMap((id) => accounts.find((account) => account.id === id) ?? []);
    const sharersOf = (value: unknown) =>
      [...people].filter(
        ([externalId, other]) => matches.get(externalId) !== "ignored" && matchedBy(externalId, other) === value && canHave(other.role),
      ).length + silent.filter((account) => inRoster(account)[field] === value && canHave(account.values.role)).length;
    const newlyClaimed = new Set<string>();
    const newlyContested = new Set<string>();
    for (const [externalId, person] of people) {
      const value = person[field];
      if (matches.has(externalId) || value === null || !canHave(person.role)) continue;
      const all = accounts.filter(
        (account) => inRoster(account)[field] === value && !claimed.has(account.id) && canHave(account.values.role),
      );
      const candidates = all.filter(({ id }) => !decided.isDeclined(externalId, id));
      const [candidate] = candidates;
      if (!candidate) continue;
      const isPlain =
        candidates.length === 1 && sharersOf(value) === 1 && candidate.values.role === person.role && !contested.has(candidate.id);
      const isFromSis = model.links.some((link) => link.entity === "account" && link.recordId === candidate.id);
      const lead = field === "email" ? field : "student-number";
      const isTakeover = isPlain && isSomebodyElse(inRoster(candidate) as unknown as Evidence, person, lead, isFromSis);
      matches.set(externalId, isTakeover ? "takeover" : isPlain ? candidate.id : "conflict");
      if (isPlain && !isTakeover) {
        newlyClaimed.add(candidate.id);
        matchedBefore.set(externalId, candidate.id);
      } else for (const { id } of all) newlyContested.add(id);
    }
    for (const id of newlyClaimed) claimed.add(id);
    for (const id of newlyContested) contested.add(id);
  }
  return matches;
}

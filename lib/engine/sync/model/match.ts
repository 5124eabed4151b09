import type { Person } from "#lib/roster/canonical.ts";
import { type Evidence, isSomebodyElse } from "#lib/roster/same-person.ts";
import type { Model, ModelLink, ModelRecord } from "./types.ts";

export type ModelMatch = string | "conflict" | "takeover" | null;

/**
 * Test-only: product.md's order; "conflict" where it would be a guess, "takeover" where the rest says somebody else.
 * `isSupplied`: another integration supplies the account's values.
 */
export function matchPeople(
  model: Model,
  links: ModelLink[],
  ended: ReadonlySet<ModelLink>,
  people: ReadonlyMap<string, Person>,
  unsaid: readonly string[],
  isSupplied: (account: ModelRecord, link: ModelLink) => boolean,
): Map<string, ModelMatch> {
  const matches = new Map<string, ModelMatch>();
  const contested = new Set<string>();
  const accounts = model.records.filter((record) => record.entity === "account");
  const staying = links.filter((link) => link.rostered && !ended.has(link));
  const claimed = new Set(staying.map((link) => link.recordId));
  const linkOf = (externalId: string) => links.find((link) => link.externalId === externalId);
  for (const [externalId, person] of people) {
    const link = linkOf(externalId);
    if (!link) continue;
    const account = accounts.find((candidate) => candidate.id === link.recordId);
    const isContested =
      !link.rostered &&
      (staying.some((other) => other.recordId === link.recordId) ||
        [...people.keys()].some((other) => other !== externalId && linkOf(other)?.recordId === link.recordId));
    const isTakeover = account && !isSupplied(account, link) && isSomebodyElse(account.values as unknown as Evidence, person, "id", true);
    const isOtherRole = account?.values.role !== person.role;
    if (!isOtherRole && isTakeover) contested.add(link.recordId);
    matches.set(externalId, isOtherRole ? "conflict" : isTakeover ? "takeover" : isContested ? "conflict" : link.recordId);
  }
  for (const externalId of people.keys()) {
    const link = linkOf(externalId);
    if (link) claimed.add(link.recordId);
  }
  for (const id of contested) claimed.delete(id);
  for (const field of ["email", "studentNumber"] as const) {
    const canHave = (role: unknown) => field === "email" || role === "learner";
    const untold = new Set(
      [...people]
        .filter(
          ([, person]) =>
            (person as Person & { unreadable: readonly string[] }).unreadable.includes(field) ||
            (unsaid.includes(field) && person[field] === null),
        )
        .flatMap(([externalId]) => linkOf(externalId)?.recordId ?? []),
    );
    const unmentioned = staying.flatMap((link) => (people.has(link.externalId) ? [] : link.recordId));
    const silent = [...new Set([...unmentioned, ...untold])].flatMap((id) => accounts.find((account) => account.id === id) ?? []);
    const sharersOf = (value: unknown) =>
      [...people.values()].filter((other) => other[field] === value && canHave(other.role)).length +
      silent.filter((account) => account.values[field] === value && canHave(account.values.role)).length;
    const newlyClaimed = new Set<string>();
    const newlyContested = new Set<string>();
    for (const [externalId, person] of people) {
      const value = person[field];
      if (matches.has(externalId) || value === null || !canHave(person.role)) continue;
      const candidates = accounts.filter(
        (account) => account.values[field] === value && !claimed.has(account.id) && canHave(account.values.role),
      );
      const [candidate] = candidates;
      if (!candidate) continue;
      const isPlain =
        candidates.length === 1 && sharersOf(value) === 1 && candidate.values.role === person.role && !contested.has(candidate.id);
      const isFromSis = model.links.some((link) => link.entity === "account" && link.recordId === candidate.id);
      const lead = field === "email" ? field : "student-number";
      const isTakeover = isPlain && isSomebodyElse(candidate.values as unknown as Evidence, person, lead, isFromSis);
      matches.set(externalId, isTakeover ? "takeover" : isPlain ? candidate.id : "conflict");
      if (isPlain && !isTakeover) {
        newlyClaimed.add(candidate.id);
      } else for (const { id } of candidates) newlyContested.add(id);
    }
    for (const id of newlyClaimed) claimed.add(id);
    for (const id of newlyContested) contested.add(id);
  }
  return matches;
}

import type { Person } from "#lib/roster/canonical.ts";
import { inRoster, type Model, type ModelDecision, type ModelLink } from "./types.ts";

/** Test-only: where a person of the SIS leads before anything is matched, by own link and by what an admin decided. */
export interface ModelPlace {
  readonly link: ModelLink | undefined;
  /** The account that the person is so far. */
  record: string | null;
  /** The link's account is not theirs any more. */
  isLeft: boolean;
  /** An admin said that they are this account, another than the link's. */
  isGiven: boolean;
  isRefused: boolean;
}

/** What is shown of a person and accounts, as one text. */
export function shownOf(
  model: Pick<Model, "records">,
  externalId: string,
  person: Record<string, unknown>,
  accounts: readonly string[],
): string {
  const valuesOf = ({ role, givenName, familyName, email, studentNumber }: Record<string, unknown>) =>
    [role, givenName, familyName, email, studentNumber] as const;
  const shown = model.records.filter(({ id, entity }) => entity === "account" && accounts.includes(id));
  return JSON.stringify([externalId, valuesOf(person), shown.map((one) => [one.id, valuesOf(inRoster(one))]).sort()]);
}

export class ModelDecided {
  readonly #holding: readonly ModelDecision[];

  /** The decisions of an integration that hold for its people. */
  constructor(model: Model, integration: string, people: ReadonlyMap<string, Person>) {
    this.#holding = (model.decisions ?? []).filter((one) => {
      const person = people.get(one.externalId);
      if (one.integration !== integration || !person) return false;
      const account = model.records.find(({ id }) => id === one.account);
      if (one.verdict === "same-person" && account?.values.role !== person.role) return false;
      const shown = shownOf(model, one.externalId, person as unknown as Record<string, unknown>, one.accounts);
      return one.verdict === "asked-again" || shown === one.shown;
    });
  }

  of(externalId: string, verdict: ModelDecision["verdict"]): ModelDecision | undefined {
    return this.#holding.find((one) => one.externalId === externalId && one.verdict === verdict);
  }

  /** Whether an admin said that the person is not this account. */
  isDeclined(externalId: string, account: string): boolean {
    return this.#holding.some((one) => one.externalId === externalId && one.verdict === "somebody-else" && one.accounts.includes(account));
  }

  /** Where each person leads; `unended`: links that this sync does not end. */
  places(people: ReadonlyMap<string, Person>, links: readonly ModelLink[], unended: readonly ModelLink[]): Map<string, ModelPlace> {
    const places = new Map<string, ModelPlace>();
    for (const externalId of people.keys()) {
      const link = links.find((one) => one.externalId === externalId);
      const place: ModelPlace = { link, record: link?.recordId ?? null, isLeft: false, isGiven: false, isRefused: false };
      places.set(externalId, place);
      const given = this.of(externalId, "same-person")?.account;
      if (this.of(externalId, "ignored")) place.record = link?.rostered ? link.recordId : null;
      else if (given && given !== link?.recordId) Object.assign(place, { record: given, isLeft: link !== undefined, isGiven: true });
      else if (!given && link && this.isDeclined(externalId, link.recordId)) Object.assign(place, { record: null, isLeft: true });
    }
    for (let isAnyRefused = true; isAnyRefused; ) {
      const refused = [...places].filter(
        ([externalId, { record, isGiven }]) =>
          isGiven &&
          ([...places].some(([other, place]) => other !== externalId && place.record === record) ||
            unended.some((other) => !people.has(other.externalId) && other.recordId === record)),
      );
      isAnyRefused = refused.length > 0;
      for (const [, place] of refused)
        Object.assign(place, { record: place.link?.recordId ?? null, isLeft: false, isGiven: false, isRefused: true });
    }
    return places;
  }
}

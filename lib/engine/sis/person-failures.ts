/** What can be wrong with a read of one person, whoever the SIS is. No message names the person: failures are kept and may be logged. */
import { RunFailure } from "#lib/platform/errors.ts";

/** Neither side knows the id; nothing was to be withdrawn. */
export function nobodyThere(): RunFailure {
  return new RunFailure({
    code: "read-incomplete",
    step: "read the person",
    message: "The SIS has nobody with this id, and has never told Aivo of anybody with it. Nothing was changed.",
    remedy: "Check the id as the SIS writes it, and whether the person is shared with Aivo; then sync the person again.",
  });
}

/** Far more is asked for than one person can have: something is wrong with the answers, and a read of everything is bounded better. */
export function tooMuchForOnePerson(what: string): RunFailure {
  return new RunFailure({
    code: "read-incomplete",
    step: "read the person",
    message: `To read this one person, ${what} would have to be asked for one by one. Nothing was changed.`,
    remedy: "Choose Run Sync Now on the integration's page: it reads everybody at once.",
  });
}

/** Records that may be asked for one by one. */
const mostLookups = 300;

/** Counts what is asked for by its id, so that a read of one person has an end. */
export class Lookups {
  #count = 0;

  /** @throws RunFailure `read-incomplete` once it is too much */
  add(more: number): void {
    this.#count += more;
    if (this.#count > mostLookups) throw tooMuchForOnePerson(`more than ${mostLookups} records`);
  }

  get count(): number {
    return this.#count;
  }
}

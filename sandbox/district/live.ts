import { dateOf } from "./calendar.ts";
import { advanceTo } from "./days.ts";
import { District } from "./district.ts";
import { shapeOf } from "./shape.ts";

export interface DistrictOptions {
  /** About how many people. */
  readonly users: number;
  readonly seed?: number;
  readonly name?: string;
  /** The state's number of the district; another district has another one. */
  readonly number?: string;
  /** School days from one rollover to the next. */
  readonly daysPerYear?: number;
  /** The school day it is when opened. */
  readonly day?: number;
  /**
   * The clock of the student information system's machine: it stamps what changes, is the servers' `Date`, and signatures and
   * tokens are checked against it.
   */
  readonly now?: () => Date;
  /** When each day so far came, as kept from an earlier time by `moments`. */
  readonly moments?: readonly string[];
}

/** The district as its servers share it: one state, today's, and the past for whoever asks about it. */
export class LiveDistrict {
  readonly now: () => Date;
  #today: District;
  readonly #moments: Date[] = [];
  #stamps: string[] = [];
  /** Days that were asked for lately, the newest last. */
  readonly #past: District[] = [];

  constructor(options: DistrictOptions) {
    const { users, seed = 7, name = "Cedar Falls Unified", number, daysPerYear = 180, day = 0 } = options;
    this.now = options.now ?? (() => new Date());
    const shape = shapeOf({ users, seed, name, daysPerYear, ...(number === undefined ? {} : { number }) });
    this.#today = District.opened(shape);
    for (let each = 0; each <= day; each++) this.#moments.push(this.#momentOfOld(each, options.moments?.[each]));
    advanceTo(this.#today, day);
  }

  get today(): District {
    return this.#today;
  }

  get day(): number {
    return this.#today.day;
  }

  /** Today in the district's calendar, `YYYY-MM-DD`. */
  get date(): string {
    return dateOf(this.#today.shape, this.day).toISOString().slice(0, 10);
  }

  /** Lets school days pass; one by one or at once makes no difference to the district. */
  advance(days = 1): void {
    for (let each = 0; each < days; each++) this.#moments.push(this.now());
    this.#remember(this.#today);
    this.#today = this.#today.clone();
    advanceTo(this.#today, this.day + days);
  }

  /** Makes it that day; what came after an earlier one has then not happened. */
  goTo(day: number): void {
    if (day > this.day) this.advance(day - this.day);
    if (day === this.day) return;
    this.#today = this.at(day).clone();
    this.#past.length = 0;
    this.#moments.length = day + 1;
    this.#stamps = [];
  }

  /** The district at the end of a day that has come. To be read only. */
  at(day: number): District {
    if (day === this.day) return this.#today;
    const known = this.#past.find((one) => one.day === day);
    if (known) return known;
    const before = this.#past.filter((one) => one.day < day).sort((a, b) => b.day - a.day)[0];
    const district = before ? before.clone() : District.opened(this.#today.shape);
    advanceTo(district, day);
    this.#remember(district);
    return district;
  }

  /** When the changes of a day were written into the student information system. */
  momentOf(day: number): Date {
    return this.#moments[day] ?? this.now();
  }

  /** The same as the text that records carry. */
  stampOf(day: number): string {
    const known = this.#stamps[day];
    if (known !== undefined) return known;
    const stamp = this.momentOf(day).toISOString();
    if (day <= this.day) this.#stamps[day] = stamp;
    return stamp;
  }

  /** For `DistrictOptions.moments` of a later start. */
  get moments(): readonly string[] {
    return this.#moments.map((moment) => moment.toISOString());
  }

  #remember(district: District): void {
    this.#past.push(district);
    if (this.#past.length > 3) this.#past.shift();
  }

  #momentOfOld(day: number, kept: string | undefined): Date {
    if (kept !== undefined) return new Date(kept);
    // A day that came before anybody looked was stamped in its night, and never in the future.
    const night = dateOf(this.#today.shape, day).getTime() + 3 * 3_600_000;
    return new Date(Math.min(night, this.now().getTime()));
  }
}

export function openDistrict(options: DistrictOptions): LiveDistrict {
  return new LiveDistrict(options);
}

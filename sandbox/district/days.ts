import { yearOf } from "./calendar.ts";
import { type District, enrollmentRoles, personKinds } from "./district.ts";
import { about, drawFraction } from "./draw.ts";
import { changeSection, comeBack, transfer, withdraw } from "./learners.ts";
import { rollOver } from "./rollover.ts";
import type { Shape } from "./shape.ts";
import { none } from "./table.ts";
import { replaceTeacher } from "./teachers.ts";

/**
 * What school days do to the district. On each day after the first about one learner in a hundred changes: withdraws, comes
 * back, moves to another section, goes to another school, gets a new family name, or arrives. A few teachers leave or marry,
 * a few classes get another room or a second teacher, now and then a school is renamed. The first day of a further year is a rollover.
 */
export const dailyRates = {
  withdraw: 0.002,
  rename: 0.0025,
  move: 0.003,
  transfer: 0.0008,
  arrive: 0.002,
  comeBack: 0.1,
  teacherRenamed: 0.0005,
  teacherLeft: 0.001,
  classChanged: 0.002,
  schoolRenamed: 0.004,
} as const;

/** The district at the end of a school day. */
export function advanceTo(district: District, day: number): void {
  while (district.day < day) {
    district.day++;
    if (yearOf(district.shape, district.day) > yearOf(district.shape, district.day - 1)) rollOver(district);
    else schoolDay(district);
  }
}

function schoolDay(district: District): void {
  const { shape, day, people } = district;
  renameSchools(district);
  // Whoever arrives today is not asked again.
  const until = people.size;
  for (let person = 0; person < until; person++) {
    const kind = people.get("kind", person);
    if (kind === personKinds.learner) learnerDay(district, person);
    else if (kind === personKinds.teacher) teacherDay(district, person);
  }
  changeClasses(district);
  for (let arrivals = arrivalsPerDay(shape, day); arrivals > 0; arrivals--) district.admit();
}

export function arrivalsPerDay(shape: Shape, day: number): number {
  const mean = shape.learners * dailyRates.arrive;
  return Math.max(1, Math.floor(mean + drawFraction(shape.seed, about.event, 0x7fff_ffff, day)));
}

function learnerDay(district: District, person: number): void {
  const { shape, day, people } = district;
  const number = people.get("number", person);
  let chance = drawFraction(shape.seed, about.event, number, day);
  const falls = (rate: number) => {
    chance -= rate;
    return chance < 0;
  };
  if (people.get("active", person) === 0) {
    if (falls(dailyRates.comeBack)) comeBack(district, person);
  } else if (falls(dailyRates.withdraw)) withdraw(district, person);
  else if (falls(dailyRates.rename)) {
    people.set("renames", person, people.get("renames", person) + 1);
    people.set("modified", person, day);
  } else if (falls(dailyRates.move)) changeSection(district, person);
  else if (falls(dailyRates.transfer)) transfer(district, person);
}

function teacherDay(district: District, person: number): void {
  const { shape, day, people } = district;
  if (people.get("active", person) === 0) return;
  const chance = drawFraction(shape.seed, about.teaching, people.get("number", person) + people.get("generation", person) * 5_000_000, day);
  if (chance < dailyRates.teacherRenamed) {
    people.set("renames", person, people.get("renames", person) + 1);
    people.set("modified", person, day);
  } else if (chance < dailyRates.teacherRenamed + dailyRates.teacherLeft) replaceTeacher(district, person);
}

/** Another room, or a second teacher who comes or goes. */
function changeClasses(district: District): void {
  const { shape, day, classes, posts } = district;
  for (let row = district.yearBase; row < classes.size; row++) {
    const chance = drawFraction(shape.seed, about.classes, row, day);
    if (chance >= dailyRates.classChanged) continue;
    if (chance < dailyRates.classChanged / 2) {
      classes.set("room", row, (classes.get("room", row) + 1) % 50);
      classes.set("modified", row, day);
      classes.set("shown", row, day);
      continue;
    }
    const helping = classes.get("coTeacher", row);
    if (helping !== none) {
      for (const seat of district.membersOf(row)) if (district.enrollments.get("person", seat) === helping) district.unenroll(seat);
      classes.set("coTeacher", row, none);
      continue;
    }
    const post = classes.get("post", row);
    const other = post + 1 < posts.size && posts.get("school", post + 1) === posts.get("school", post) ? post + 1 : post - 1;
    if (other < 0 || posts.get("school", other) !== posts.get("school", post)) continue;
    const helper = posts.get("teacher", other);
    classes.set("coTeacher", row, helper);
    district.enroll(helper, row, enrollmentRoles.coTeacher);
  }
}

function renameSchools(district: District): void {
  const { shape, day, orgs } = district;
  for (let org = 1; org < orgs.size; org++) {
    if (drawFraction(shape.seed, about.school, org, day) >= dailyRates.schoolRenamed) continue;
    orgs.set("renames", org, orgs.get("renames", org) + 1);
    orgs.set("modified", org, day);
  }
}

import { type District, enrollmentRoles, personKinds } from "./district.ts";
import { about, draw } from "./draw.ts";
import { none } from "./table.ts";

/** Leaves the district, and the parent's account with them. */
export function withdraw(district: District, person: number): void {
  for (const row of district.enrollmentsOf(person)) district.unenroll(row);
  district.end("people", person);
  const parent = parentOf(district, person);
  if (parent !== none) district.end("people", parent);
}

/** Into the grade of their age by now; whoever would have graduated stays away. */
export function comeBack(district: District, person: number): void {
  const { people, day, year } = district;
  const grade = people.get("cohort", person) - 100 + year;
  if (grade > 12) return;
  placeInGrade(district, person, grade);
  for (const row of [person, parentOf(district, person)]) {
    if (row === none) continue;
    people.set("active", row, 1);
    people.set("modified", row, day);
  }
  district.seat(person);
}

/** The grade, and with it the school where the one before does not have it. */
export function placeInGrade(district: District, person: number, grade: number): void {
  const { people, shape } = district;
  people.set("grade", person, grade);
  const to = shape.schoolFor(grade, Math.floor(people.get("number", person) / 13));
  if (to.level === district.schoolOf(person).level) return;
  setSchool(district, person, to.index + 1);
}

function setSchool(district: District, person: number, org: number): void {
  const { people, day } = district;
  people.set("school", person, org);
  people.set("modified", person, day);
  const parent = parentOf(district, person);
  if (parent === none) return;
  people.set("school", parent, org);
  people.set("modified", parent, day);
}

/** A parent's row follows their child's. */
function parentOf(district: District, person: number): number {
  const next = person + 1;
  return next < district.people.size && district.people.get("kind", next) === personKinds.parent ? next : none;
}

export function changeSection(district: District, person: number): void {
  const { shape, day, classes, enrollments } = district;
  const school = district.schoolOf(person);
  const grade = district.people.get("grade", person);
  const sections = shape.sections(school, grade);
  if (sections === 1) return;
  const slot = draw(shape.seed, about.moved, district.people.get("number", person), day) % 7;
  for (const row of district.enrollmentsOf(person)) {
    const from = enrollments.get("class", row);
    if (school.level !== "elementary" && classes.get("slot", from) !== slot) continue;
    district.unenroll(row);
    const section = (classes.get("section", from) + 1) % sections;
    district.enroll(person, district.classAt(school, grade, classes.get("slot", from), section), enrollmentRoles.student);
  }
}

export function transfer(district: District, person: number): void {
  const { shape } = district;
  const from = district.schoolOf(person);
  const schools = shape.schoolsOf(from.level);
  const to = schools[(from.rank + 1) % schools.length];
  if (!to || to === from) {
    changeSection(district, person);
    return;
  }
  for (const row of district.enrollmentsOf(person)) district.unenroll(row);
  setSchool(district, person, to.index + 1);
  district.seat(person);
}

import { type District, personKinds } from "./district.ts";
import { placeInGrade, withdraw } from "./learners.ts";

/**
 * The first day of a new school year: last year's terms, classes and enrollments end, the oldest graduate, everybody else is
 * a grade further and, where that ends a school, in the next one; new kindergarteners come. Teachers and courses stay.
 */
export function rollOver(district: District): void {
  const { sessions, classes, people, day, shape } = district;
  for (let row = 0; row < sessions.size; row++) if (sessions.get("active", row) === 1) district.end("sessions", row);
  for (let row = district.yearBase; row < classes.size; row++) {
    for (const seat of district.membersOf(row)) district.unenroll(seat);
    district.end("classes", row);
    classes.set("shown", row, day);
  }
  district.startYear();
  const until = people.size;
  for (let person = 0; person < until; person++) {
    if (people.get("kind", person) !== personKinds.learner || people.get("active", person) === 0) continue;
    const grade = people.get("cohort", person) - 100 + district.year;
    if (grade > 12) {
      withdraw(district, person);
      continue;
    }
    placeInGrade(district, person, grade);
    people.set("modified", person, day);
    district.seat(person);
  }
  for (let arrivals = Math.floor(shape.learners / 13); arrivals > 0; arrivals--) district.admit(0);
}

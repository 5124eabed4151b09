import { about, draw, drawFraction } from "./draw.ts";
import { type LearnerState, learnersUntil, stateOn } from "./days.ts";
import { learnerId, mailbox, nameOf, parentRange, staffRange, studentNumber, type Teacher } from "./people.ts";
import { gradeCodes, type Shape } from "./shape.ts";

/** The cells of users.csv after sourcedId, status and dateLastModified. */
export type UserCells = readonly string[];

export const districtOrg = "D-001";
export const schoolOrg = (number: string): string => `SCH-${number}`;

/** One in thirty learners has a parent with an account of their own in the student information system. */
export function hasParent(shape: Shape, learner: number): boolean {
  return draw(shape.seed, about.parent, learner) % 30 === 0;
}
export const parentId = (learner: number): string => `P${1_000_000 + learner}`;

export function learnerCells(shape: Shape, learner: number, state: LearnerState, domain: string): UserCells {
  const seat = shape.seatOf(learner);
  const name = nameOf(shape, learner, state.renames);
  // A mailbox keeps the name it was made with.
  const email = `${mailbox(nameOf(shape, learner), learner)}@students.${domain}`;
  const number = studentNumber(learner);
  const agents = hasParent(shape, learner) ? parentId(learner) : "";
  return [
    "true",
    schoolOrg(seat.school.number),
    "student",
    email.slice(0, email.indexOf("@")),
    "",
    name.given,
    name.family,
    "",
    number,
    email,
    "",
    "",
    agents,
    gradeCodes[seat.grade] ?? "",
    "",
  ];
}

export function teacherCells(shape: Shape, teacher: Teacher, domain: string): UserCells {
  const name = nameOf(shape, teacher.person);
  return userCells([schoolOrg(teacher.school.number)], "teacher", name, mailbox(name, teacher.id.slice(1).replace("-", "")), domain);
}

export function parentCells(shape: Shape, learner: number): UserCells {
  const name = { given: nameOf(shape, parentRange + learner).given, family: nameOf(shape, learner).family };
  return userCells([schoolOrg(shape.seatOf(learner).school.number)], "parent", name, mailbox(name, `.p${learner}`), "families.example");
}

/** A principal for each school, and one administrator for the district. */
export function* staffRows(shape: Shape, domain: string): Generator<{ id: string; cells: UserCells }> {
  const superintendent = nameOf(shape, staffRange);
  yield { id: "A000", cells: userCells([districtOrg], "administrator", superintendent, mailbox(superintendent, ""), domain) };
  for (const school of shape.schools) {
    const name = nameOf(shape, staffRange + 1 + school.index);
    yield {
      id: `A${school.number}`,
      cells: userCells([schoolOrg(school.number)], "administrator", name, mailbox(name, `.a${school.number}`), domain),
    };
  }
}

export function demographicCells(shape: Shape, learner: number): readonly string[] {
  const { grade } = shape.seatOf(learner);
  const days = draw(shape.seed, about.birthday, learner) % 365;
  const birth = new Date(Date.UTC(2020 - grade, 8, 1) + days * 86_400_000).toISOString().slice(0, 10);
  const sex = drawFraction(shape.seed, about.sex, learner) < 0.5 ? "female" : "male";
  return [birth, sex, "false", "false", "false", "false", "true", "false", "false", "US", "IA", "Cedar Falls", ""];
}

/** Numbers of the learners enrolled at the end of `day`, with their state. */
export function* learnersOn(shape: Shape, day: number): Generator<{ learner: number; id: string; state: LearnerState }> {
  const until = learnersUntil(shape, day);
  for (let learner = 0; learner < until; learner++) {
    const state = stateOn(shape, learner, day);
    if (state.isEnrolled) yield { learner, id: learnerId(learner), state };
  }
}

function userCells(
  orgs: readonly string[],
  role: string,
  name: { given: string; family: string },
  username: string,
  domain: string,
): UserCells {
  return ["true", orgs.join(","), role, username, "", name.given, name.family, "", "", `${username}@${domain}`, "", "", "", "", ""];
}

import { termParts, yearOf } from "./calendar.ts";
import { classCount, classLayout } from "./class-layout.ts";
import { about, drawFraction } from "./draw.ts";
import { staffNumber, teacherNumber } from "./people.ts";
import { gradesOfLevel, type SchoolShape, type Shape, slotsOfLevel } from "./shape.ts";
import { none, Table } from "./table.ts";

/** The collections that every protocol shows in its own way, in the order in which references resolve. */
export const collections = ["orgs", "sessions", "courses", "classes", "people", "enrollments"] as const;
export type CollectionName = (typeof collections)[number];

export const personKinds = { administrator: 0, teacher: 1, learner: 2, parent: 3 } as const;
export const enrollmentRoles = { student: 0, teacher: 1, coTeacher: 2 } as const;

/** What every row has: the days on which it was made and last changed. A row that is not active is a tombstone. */
const life = { active: 8, created: 16, modified: 16 } as const;
const alive = (day: number) => ({ active: 1, created: day, modified: day });

/** The part of every collection's table that says whether and since when. */
export interface Living {
  readonly size: number;
  get(name: "active" | "created" | "modified", row: number): number;
  set(name: "active" | "modified", row: number, value: number): void;
}

/**
 * All schools, people and terms as they are at the end of one school day, tombstones included. Everything follows from
 * shape and day. Row 0 of `orgs` is the district itself, then come the schools. Rows are in the order of their creation.
 */
export class District {
  readonly shape: Shape;
  day = 0;
  learnersEver = 0;
  /** The first class of the current school year; a year's classes are laid out alike. */
  yearBase = 0;

  orgs = new Table({ ...life, renames: 8 });
  sessions = new Table({ ...life, year: 8, part: 8 });
  courses = new Table({ ...life, grade: 8, slot: 8 });
  /** `shown` is the last day on which the class or its list of members changed. A post is a teaching position, whoever has it. */
  classes = new Table({
    ...life,
    shown: 16,
    year: 8,
    school: 16,
    grade: 8,
    slot: 8,
    section: 16,
    room: 8,
    post: 32,
    teacher: 32,
    coTeacher: 32,
    head: 32,
  });
  posts = new Table({ school: 16, slot: 8, rank: 16, teacher: 32, generation: 8 });
  /**
   * `number` is the learner's own, the teacher's post, the staff's school or the child of a parent (as a row).
   * `cohort` is the grade less the school year, plus 100: it stays while both move on.
   */
  people = new Table({
    ...life,
    kind: 8,
    number: 32,
    generation: 8,
    renames: 8,
    school: 16,
    school2: 16,
    grade: 8,
    cohort: 8,
    position: 32,
    head: 32,
  });
  /** Linked per person and per class, newest first. */
  enrollments = new Table({ ...life, role: 8, class: 32, person: 32, nextOfPerson: 32, nextOfClass: 32 });

  private constructor(shape: Shape) {
    this.shape = shape;
  }

  /** The first day of school. */
  static opened(shape: Shape): District {
    const district = new District(shape);
    district.orgs.add({ ...alive(0), renames: 0 });
    for (const _school of shape.schools) district.orgs.add({ ...alive(0), renames: 0 });
    for (let grade = 0; grade <= 12; grade++) for (let slot = 0; slot < 7; slot++) district.courses.add({ ...alive(0), grade, slot });
    district.#hireEverybody();
    district.startYear();
    for (let learner = 0; learner < shape.learners; learner++) district.admit();
    return district;
  }

  clone(): District {
    const clone = new District(this.shape);
    clone.day = this.day;
    clone.learnersEver = this.learnersEver;
    clone.yearBase = this.yearBase;
    clone.orgs = this.orgs.clone();
    clone.sessions = this.sessions.clone();
    clone.courses = this.courses.clone();
    clone.classes = this.classes.clone();
    clone.posts = this.posts.clone();
    clone.people = this.people.clone();
    clone.enrollments = this.enrollments.clone();
    return clone;
  }

  get year(): number {
    return yearOf(this.shape, this.day);
  }

  /** The terms and classes of the current year, each with its teachers. */
  startYear(): void {
    for (const part of Object.values(termParts)) this.sessions.add({ ...alive(this.day), year: this.year, part });
    this.yearBase = this.classes.size;
    const { seed } = this.shape;
    for (const place of classLayout(this.shape)) {
      const { school, grade, slot, section, post } = place;
      const isHelped = drawFraction(seed, about.coTeacher, school.index * 10_000 + grade * 500 + slot * 70 + this.year, section) < 0.05;
      const helper = isHelped ? this.posts.get("teacher", place.firstPostOfSlot) : none;
      const teacher = this.posts.get("teacher", post);
      const row = this.classes.add({
        ...alive(this.day),
        shown: this.day,
        year: this.year,
        school: school.index + 1,
        grade,
        slot,
        section,
        room: 0,
        post,
        teacher,
        coTeacher: helper === teacher ? none : helper,
        head: none,
      });
      this.enroll(teacher, row, enrollmentRoles.teacher);
      if (helper !== none && helper !== teacher) this.enroll(helper, row, enrollmentRoles.coTeacher);
    }
  }

  /** The next learner, in the seat of their number or in another grade. */
  admit(inGrade?: number): void {
    const { shape } = this;
    const learner = this.learnersEver++;
    const seat = shape.seatOf(learner);
    const grade = inGrade ?? seat.grade;
    const school = inGrade === undefined ? seat.school : shape.schoolFor(grade, Math.floor(learner / 13));
    const row = this.people.add({
      ...alive(this.day),
      kind: personKinds.learner,
      number: learner,
      generation: 0,
      renames: 0,
      school: school.index + 1,
      school2: 0,
      grade,
      cohort: grade + 100 - this.year,
      position: seat.position,
      head: none,
    });
    this.seat(row);
    // One in thirty learners has a parent with an account of their own in the student information system.
    if (drawFraction(shape.seed, about.parent, learner) < 1 / 30) {
      this.people.add({
        ...alive(this.day),
        kind: personKinds.parent,
        number: row,
        generation: 0,
        renames: 0,
        school: school.index + 1,
        school2: 0,
        grade: 0,
        cohort: 0,
        position: 0,
        head: none,
      });
    }
  }

  /** Puts a learner into a class of each subject of their school and grade. Elementary classes stay together. */
  seat(person: number): void {
    const school = this.schoolOf(person);
    const grade = this.people.get("grade", person);
    const position = this.people.get("position", person);
    const sections = this.shape.sections(school, grade);
    for (let slot = 0; slot < 7; slot++) {
      const dealt = school.level === "elementary" ? position : position + slot * Math.floor(position / sections);
      this.enroll(person, this.classAt(school, grade, slot, dealt % sections), enrollmentRoles.student);
    }
  }

  schoolOf(person: number): SchoolShape {
    return this.schoolAt(this.people.get("school", person));
  }

  schoolAt(org: number): SchoolShape {
    const school = this.shape.schools[org - 1];
    if (!school) throw new RangeError(`no school ${org}`);
    return school;
  }

  /** A class of the current year. */
  classAt(school: SchoolShape, grade: number, slot: number, section: number): number {
    return this.yearBase + classCount(this.shape, school, grade) + slot * this.shape.sections(school, grade) + section;
  }

  enroll(person: number, inClass: number, role: number): void {
    const { enrollments, people, classes, day } = this;
    classes.set("shown", inClass, day);
    for (let row = people.get("head", person); row !== none; row = enrollments.get("nextOfPerson", row)) {
      if (enrollments.get("class", row) !== inClass) continue;
      enrollments.set("active", row, 1);
      enrollments.set("role", row, role);
      enrollments.set("modified", row, day);
      return;
    }
    const row = enrollments.add({
      ...alive(day),
      role,
      class: inClass,
      person,
      nextOfPerson: people.get("head", person),
      nextOfClass: classes.get("head", inClass),
    });
    people.set("head", person, row);
    classes.set("head", inClass, row);
  }

  unenroll(row: number): void {
    this.end("enrollments", row);
    this.classes.set("shown", this.enrollments.get("class", row), this.day);
  }

  end(collection: CollectionName, row: number): void {
    const table: Living = this[collection];
    table.set("active", row, 0);
    table.set("modified", row, this.day);
  }

  /** The rows of a person's enrollments that are in force. */
  enrollmentsOf(person: number): number[] {
    const rows: number[] = [];
    for (let row = this.people.get("head", person); row !== none; row = this.enrollments.get("nextOfPerson", row)) {
      if (this.enrollments.get("active", row) === 1) rows.push(row);
    }
    return rows;
  }

  /** The rows of a class's enrollments that are in force, oldest first. */
  membersOf(inClass: number): number[] {
    const rows: number[] = [];
    for (let row = this.classes.get("head", inClass); row !== none; row = this.enrollments.get("nextOfClass", row)) {
      if (this.enrollments.get("active", row) === 1) rows.push(row);
    }
    return rows.reverse();
  }

  /** A teacher for a post; the one before, if any, is not touched. */
  hire(post: number): number {
    const school = this.posts.get("school", post);
    const slot = this.posts.get("slot", post);
    const number = teacherNumber(school - 1, slot, this.posts.get("rank", post));
    // Those who teach art, sport or technology go to a second school as well, some of them.
    const next = this.shape.schoolsOf(this.schoolAt(school).level);
    const second = next[(this.schoolAt(school).rank + 1) % next.length];
    const isShared = slot >= 5 && second && second.index !== school - 1 && drawFraction(this.shape.seed, about.shared, number) < 0.2;
    const row = this.people.add({
      ...alive(this.day),
      kind: personKinds.teacher,
      number,
      generation: this.posts.get("generation", post),
      renames: 0,
      school,
      school2: isShared ? second.index + 1 : 0,
      grade: 0,
      cohort: 0,
      position: 0,
      head: none,
    });
    this.posts.set("teacher", post, row);
    return row;
  }

  #hireEverybody(): void {
    const staff = (org: number) => ({
      ...alive(0),
      kind: personKinds.administrator,
      number: staffNumber(org),
      generation: 0,
      renames: 0,
      school: org,
      school2: 0,
      grade: 0,
      cohort: 0,
      position: 0,
      head: none,
    });
    for (let org = 0; org < this.orgs.size; org++) this.people.add(staff(org));
    for (const school of this.shape.schools) {
      let rooms = 0;
      for (const grade of gradesOfLevel[school.level]) rooms += this.shape.sections(school, grade);
      for (const slot of slotsOfLevel[school.level].keys()) {
        const isHomeroom = school.level === "elementary" && slot < 5;
        if (isHomeroom && slot > 0) continue;
        const count = isHomeroom ? rooms : Math.ceil(rooms / 5);
        for (let rank = 0; rank < count; rank++) {
          this.hire(this.posts.add({ school: school.index + 1, slot, rank, teacher: none, generation: 0 }));
        }
      }
    }
  }
}

import { gradesOfLevel, type SchoolShape, type Shape, slotsOfLevel } from "./shape.ts";

/** Where a class stands in a school year. Each year has the same ones, in this order. */
export interface ClassPlace {
  readonly school: SchoolShape;
  readonly grade: number;
  readonly slot: number;
  readonly section: number;
  /** Row of the teaching position. */
  readonly post: number;
  /** Of the position that helps out in this subject. */
  readonly firstPostOfSlot: number;
}

/**
 * Every class of a school year, school by school. Teachers of a subject have up to five sections each; in elementary
 * schools a class keeps one teacher for the first five subjects.
 */
export function* classLayout(shape: Shape): Generator<ClassPlace> {
  let firstPost = 0;
  for (const school of shape.schools) {
    const isElementary = school.level === "elementary";
    let rooms = 0;
    for (const grade of gradesOfLevel[school.level]) rooms += shape.sections(school, grade);
    const specialists = Math.ceil(rooms / 5);
    const firstOf = (slot: number) => firstPost + (!isElementary ? slot * specialists : slot < 5 ? 0 : rooms + (slot - 5) * specialists);
    let before = 0;
    for (const grade of gradesOfLevel[school.level]) {
      const sections = shape.sections(school, grade);
      for (const slot of slotsOfLevel[school.level].keys()) {
        for (let section = 0; section < sections; section++) {
          const room = before + section;
          const rank = isElementary && slot < 5 ? room : Math.floor(room / 5);
          yield { school, grade, slot, section, post: firstOf(slot) + rank, firstPostOfSlot: firstOf(slot) };
        }
      }
      before += sections;
    }
    firstPost += isElementary ? rooms + 2 * specialists : 7 * specialists;
  }
}

const offsets = new WeakMap<Shape, Int32Array>();

/** How many classes of a year stand before those of a school's grade. */
export function classCount(shape: Shape, school: SchoolShape, grade: number): number {
  let known = offsets.get(shape);
  if (!known) {
    known = new Int32Array(shape.schools.length * 13);
    let before = 0;
    for (const each of shape.schools) {
      for (const inGrade of gradesOfLevel[each.level]) {
        known[each.index * 13 + inGrade] = before;
        before += shape.sections(each, inGrade) * slotsOfLevel[each.level].length;
      }
    }
    offsets.set(shape, known);
  }
  return known[school.index * 13 + grade] ?? 0;
}

import { about, draw, drawFraction } from "./draw.ts";
import type { Shape } from "./shape.ts";

/**
 * What school days do to the district. Day 0 is the first day of school; on each day after it about one learner in a
 * hundred changes: withdraws, comes back, moves to another section, gets a new family name, or arrives.
 */
export const dailyRates = { withdraw: 0.002, rename: 0.0025, move: 0.0035, arrive: 0.002, comeBack: 0.1 } as const;

export interface LearnerState {
  readonly isEnrolled: boolean;
  readonly renames: number;
  /** How far each of the seven classes has moved on from the first section; null: not at all. */
  readonly moves: readonly number[] | null;
}

const asOnDayZero: LearnerState = { isEnrolled: true, renames: 0, moves: null };

/** Learners who have ever been enrolled by the end of `day`; their numbers are 0…n-1. */
export function learnersUntil(shape: Shape, day: number): number {
  return shape.learners + day * arrivalsPerDay(shape);
}

function arrivalsPerDay(shape: Shape): number {
  return Math.max(1, Math.round(shape.learners * dailyRates.arrive));
}

/** What a learner's record says at the end of `day`. */
export function stateOn(shape: Shape, learner: number, day: number): LearnerState {
  const firstDay = learner < shape.learners ? 0 : Math.floor((learner - shape.learners) / arrivalsPerDay(shape)) + 1;
  if (firstDay > day) return { ...asOnDayZero, isEnrolled: false };
  let state = asOnDayZero;
  for (let today = firstDay + 1; today <= day; today++) state = afterDay(shape, learner, today, state);
  return state;
}

function afterDay(shape: Shape, learner: number, day: number, state: LearnerState): LearnerState {
  const chance = drawFraction(shape.seed, about.event, learner, day);
  if (!state.isEnrolled) return chance < dailyRates.comeBack ? { ...state, isEnrolled: true } : state;
  if (chance < dailyRates.withdraw) return { ...state, isEnrolled: false };
  if (chance < dailyRates.withdraw + dailyRates.rename) return { ...state, renames: state.renames + 1 };
  if (chance >= dailyRates.withdraw + dailyRates.rename + dailyRates.move) return state;
  const moves = state.moves ? [...state.moves] : [0, 0, 0, 0, 0, 0, 0];
  const slot = draw(shape.seed, about.moved, learner, day) % 7;
  // An elementary learner moves with the whole class, a secondary one in a single subject.
  for (let each = 0; each < 7; each++) if (shape.seatOf(learner).grade <= 5 || each === slot) moves[each] = (moves[each] ?? 0) + 1;
  return { ...state, moves };
}

import { z } from "zod";
import { type ClassVerdict, classVerdicts } from "#lib/roster/class-verdicts.ts";

/** Free of Node: pages and components import this file. */

const reason = z.string().trim().min(3, "Say why, so that others can follow it later").max(500, "A reason has at most 500 characters");

/** Whether a class of the SIS is one of Aivo's. */
export const ClassDecision = z.object({
  externalId: z.string().min(1, "Which class of the SIS is missing").max(1000),
  classroomId: z.uuid("Choose a class"),
  verdict: z.enum(classVerdicts, "Say whether it is the same class, or another one"),
  reason,
});
export type ClassDecision = z.infer<typeof ClassDecision>;

/** Of several classes the one that it is, or none of them. */
export const AmbiguousClass = z.object({
  classroomId: z.union([z.literal("another"), z.uuid()], "Choose a class, or none of these"),
  reason,
});

/** Which of a decision there is. */
export const ClassPair = ClassDecision.pick({ externalId: true, classroomId: true });

/** Of the classes that a plan takes for ones of Aivo's, which are others. */
export const DeclinedClasses = z.object({
  externalIds: z
    .array(z.string().min(1).max(1000))
    .min(1, "Choose the classes that are others")
    .max(1000, "At most a thousand can be declined at once"),
  reason,
});

export interface DecidedClass {
  readonly integrationId: string;
  readonly integrationName: string;
  readonly externalId: string;
  readonly classroomId: string;
  /** Null: the class is no longer in Aivo. */
  readonly classroomName: string | null;
  readonly verdict: ClassVerdict;
  readonly reason: string;
  /** Null: the command line. */
  readonly decidedByName: string | null;
  readonly decidedAt: string;
}

/** A class that a plan takes for one of Aivo's by another id. */
export interface ReissuedClass {
  /** Aivo's. */
  readonly id: string;
  readonly name: string;
  readonly code: string | null;
  readonly school: string | null;
  /** What the SIS calls it now. */
  readonly externalId: string;
  readonly newName: string;
  readonly newCode: string | null;
  /** How it was told, in words. */
  readonly matchedBy: string;
}

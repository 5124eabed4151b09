import { z } from "zod";

/** What becomes of the people of an integration that is disconnected. */
export const afterwards = ["leave", "deactivate"] as const;
export type Afterwards = (typeof afterwards)[number];

export const DisconnectRequest = z.object({
  people: z.enum(afterwards, { error: "Choose what becomes of its people" }),
  reason: z
    .string({ error: "Say why; it stands in the audit log" })
    .trim()
    .min(1, "Say why; it stands in the audit log")
    .max(500, "At most 500 characters"),
});
export type DisconnectRequest = z.input<typeof DisconnectRequest>;

export const disconnectKinds = ["learner", "teacher", "admin", "classroom", "school", "course", "term"] as const;
export type DisconnectKind = (typeof disconnectKinds)[number];

/** Of one kind, the active records that the integration has. */
export interface DisconnectCount {
  readonly kind: DisconnectKind;
  /** Nothing else has them: they stay without a SIS, or are deactivated. */
  readonly alone: number;
  /** Another integration has them, too: they stay as they are, and it supplies them. */
  readonly shared: number;
  /** Of those that nothing else has, how many an admin edited; the values stay either way. */
  readonly edited: number;
}

/** What disconnecting means, with numbers. */
export interface DisconnectNumbers {
  readonly counts: readonly DisconnectCount[];
  /** Integrations that go on with what they share with it. */
  readonly others: readonly string[];
  /** Changes that wait for a decision, records that could not be placed, plans that wait, queued syncs: these end with it. */
  readonly ends: { readonly withheld: number; readonly unplaced: number; readonly plans: number; readonly issues: number };
  /** A disconnection that was planned and waits for its approval. */
  readonly plannedRunId: string | null;
}

import { z } from "zod";
import { type IssueCode, issueCodes } from "#lib/roster/issue-codes.ts";

/** Free of Node: pages and components import this file. */

export const CauseCode = z.enum(Object.keys(issueCodes) as [IssueCode, ...IssueCode[]], { error: "There is no such cause" });

/** That a cause is known, why it stands for now, and who sees to it. */
export const Acknowledgement = z.object({
  code: CauseCode,
  reason: z.string().trim().min(3, "Say what is being done, so that others can follow it").max(500, "A reason has at most 500 characters"),
  /** An admin of the district; null: nobody is named. */
  assignedTo: z.uuid("Choose a colleague of the list").nullable().default(null),
});
export type Acknowledgement = z.input<typeof Acknowledgement>;

/** What was said of a cause. Times are ISO 8601. */
export interface Acknowledged {
  readonly integrationId: string;
  readonly code: string;
  readonly reason: string;
  readonly since: string;
  /** Who said so; null: the command line, or an account that is gone. */
  readonly by: string | null;
  /** Who sees to it; null: nobody is named. */
  readonly assignedTo: string | null;
}

/** An admin who can see to a cause. */
export interface Colleague {
  readonly id: string;
  readonly name: string;
}

import { z } from "zod";
import { collections, entities } from "#lib/roster/canonical.ts";
import { type IssueCode, issueCodes } from "#lib/roster/issue-codes.ts";
import { PeopleFilter } from "./people-changed-schema.ts";

/** The ends of a run that a history can be filtered by, and `active` for the one under way. */
export const runOutcomes = ["active", "succeeded", "failed", "held", "previewed", "cancelled", "discarded"] as const;
export type RunOutcome = (typeof runOutcomes)[number];

export const changeActions = ["created", "updated", "deactivated", "reactivated", "linked", "removed", "unlinked", "left-alone"] as const;
export type ChangeAction = (typeof changeActions)[number];

export const issueSorts = ["found", "line", "value"] as const;
export type IssueSort = (typeof issueSorts)[number];

const search = z.string().trim().max(200).optional();
const page = z.coerce.number().int().min(1).max(100_000).default(1);

/** Which runs of an integration's history. */
export const HistoryFilter = z.object({ outcome: z.enum(runOutcomes).optional(), page });
export type HistoryFilter = z.infer<typeof HistoryFilter>;

/** Whether a run opened an issue, found it open and left it so, or closed it. */
export const issueStates = ["new", "continuing", "resolved"] as const;
export type IssueState = (typeof issueStates)[number];

/** Which issues of a run; without a state those that are open after it. */
export const IssueFilter = z.object({
  state: z.enum(issueStates).optional(),
  code: z.enum(Object.keys(issueCodes) as [IssueCode, ...IssueCode[]]).optional(),
  collection: z.enum(collections).optional(),
  search,
  sort: z.enum(issueSorts).default("found"),
  page,
});
export type IssueFilter = z.infer<typeof IssueFilter>;

/** Which changes of a run; `turn` and `school` of the people of a list by person, see PeopleFilter. */
export const ChangeFilter = z.object({
  entity: z.enum(entities).optional(),
  action: z.enum(changeActions).optional(),
  turn: PeopleFilter.shape.turn,
  school: PeopleFilter.shape.school,
  search,
  page,
});
export type ChangeFilter = z.infer<typeof ChangeFilter>;

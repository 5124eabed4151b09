import { asReadColumns, id, list, place, values } from "./staging-columns.ts";

/** The SIS's ids of an entity and the records that they lead to; of people their roles. */
const referenceColumns = `${id}, record_id uuid, role text`;

/** Tables that a step of planning fills for itself (fill() in lib/engine/sync/work.ts), by what is in them. */
export const workTables = {
  /** Ids that were read more than once. */
  repeatedIds: `${id}, is_same boolean, first tid`,
  /** Rows of such ids that are not used. */
  droppedRows: `${place}, hash bigint, is_same boolean, entity text${list(asReadColumns)}`,
  /** Ids that the SIS does not list, where a row without one may be any of them. */
  missing: `${id}, record_id uuid`,
  /** The SIS's ids that lead elsewhere than before. */
  changedIds: `entity text not null, ${id}`,
  schoolReferences: referenceColumns,
  termReferences: referenceColumns,
  courseReferences: referenceColumns,
  classroomReferences: referenceColumns,
  accountReferences: referenceColumns,
  /** What few others are looked up by, each set by a name. */
  lookups: "name text, value text",
  /** Classes and people that are out of scope, and those that were not so before or are no longer. */
  outOfScope: `collection text not null, ${id}`,
  scopeChanged: `collection text not null, ${id}`,
  pairs: "classroom_id uuid, account_id uuid",
  takeovers: `${id}, record_id uuid, lead text, before jsonb, after jsonb, evidence text, verdict text`,
  /** What admins decided about incoming people, where it holds: the account that somebody is, and those that were shown. */
  decided: `${id}, verdict text, account_id uuid, ids uuid[]`,
  declined: `${id}, ids uuid[]`,
  suspects: `${id}, record_id uuid, ${["a_", "u_"]
    .map((who) => values(who, "text", ["given_name", "family_name", "email", "student_number"]))
    .join(", ")}, is_from_sis boolean`,
  provenSuspects: `${id}, record_id uuid`,
  continuingLinks: `${id}, record_id uuid`,
  claimedAccounts: "record_id uuid",
  contestedAccounts: "record_id uuid",
  sharedValues: "value text, people int",
  candidates: "value text, ids uuid[], shown uuid[], count int, role text, is_contested boolean, is_shared boolean",
  classRefs: `${id}, school_id uuid, course_id uuid`,
  classTerms: `${id}, term text, n int, record_id uuid`,
  personSchools: `${id}, school text, n int, record_id uuid`,
  dangling: `named text, ${place}`,
  repeatedMemberships: `${place}, classroom_id uuid, account_id uuid, nth int, record_id uuid, role text, begin_date date, end_date date`,
  /** Which record an incoming one is that comes by an unknown id. */
  recognised: `${id}, record_id uuid, matched_by text`,
  newClasses: `${place}, school_id uuid, name text, code text, course_id uuid, periods text[], begins date, ends date`,
  freeClasses:
    "record_id uuid, is_leaving boolean, school_id uuid, name text, code text, course_id uuid, periods text[], begins date, ends date",
  /** Of an incoming class the SIS's id, of one that is there the record. */
  classMembers: 'external_id text collate "C", record_id uuid, account_id uuid, teaches boolean',
  classSizes: 'external_id text collate "C", record_id uuid, learners int',
  classPairs: `${id}, record_id uuid, is_best boolean, is_best_for_record boolean`,
  /** People of whom one with the same name at the same school leaves. */
  namesakes: `${id}, record_id uuid, before jsonb, after jsonb, evidence text, is_decided boolean`,
  /** The orgs that the SIS has, and which of them are schools. */
  roleOrgs: `${id}, is_school boolean`,
  /** Of people whose roles are told apart: who is looked at, and what their roles came to (lib/engine/sync/fold-people.ts). */
  peopleToFold: id,
  personKeys: `${id}, key text`,
  /** Of people with several ids the one that goes first; null: nobody can tell. */
  samePeople: `${id}, leader text collate "C"`,
  foldedPeople: `${id}, kind text, standing text, reason text, keeps boolean, schools text[], notice text, linked text, more text[]`,
  goneClasses: "classroom_id uuid, school_id uuid, is_over boolean, is_ended boolean",
  lostMembers: "classroom_id uuid, role text",
} as const;
export type WorkTable = keyof typeof workTables;

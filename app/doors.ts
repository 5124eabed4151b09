import { type Capability, definitionOf, type Role } from "#lib/platform/roles.ts";

/**
 * Every door of the build, and what opens it: docs/roles.md is made of it, doors.test.ts compares it with what the source has, and
 * e2e/roles.spec.ts tries each as everybody. A new page, action or route is one line here.
 */
export type Door = Opening & {
  /** Whether people are named behind it: then who sees whom is recorded where a district asks for it (lib/services/views, shows.test.ts). */
  readonly shows?: "people";
};
type Opening =
  /** All of these, for the whole district. */
  | { readonly needs: readonly Capability[] }
  /** All of these, also for some schools, whose records it then shows. */
  | { readonly needs: readonly Capability[]; readonly reach: "schools" }
  /** Whoever is signed in, for what is their own. */
  | { readonly needs: "own" }
  /** Nobody needs to be signed in: it is a part of signing in, or tells nothing of anybody. */
  | { readonly needs: "nothing" }
  /** A program of the district's by its token or secret, within its scopes (lib/platform/api-scopes.ts): no person's session opens it. */
  | { readonly needs: "program" };

const needs = (...capabilities: readonly Capability[]): Door => ({ needs: capabilities });
const inReach = (...capabilities: readonly Capability[]): Door => ({ needs: capabilities, reach: "schools" });
const people = (door: Door): Door => ({ ...door, shows: "people" });
const own: Door = { needs: "own" };
const nothing: Door = { needs: "nothing" };
const program: Door = { needs: "program" };

/** Pages by their address. */
export const pageDoors: Readonly<Record<string, Door>> = {
  "/": nothing,
  "/sign-in": nothing,
  "/sign-in/forgot": nothing,
  "/choose-password": nothing,
  "/home": people(own),
  "/home/sign-in": own,
  "/overview": people(needs("read-syncs", "read-roster")),
  "/roster": inReach("read-roster"),
  "/roster/schools": inReach("read-roster"),
  "/roster/classrooms": inReach("read-roster"),
  "/roster/teachers": people(inReach("read-roster")),
  "/roster/learners": people(inReach("read-roster")),
  "/roster/schools/[id]": people(inReach("read-roster")),
  "/roster/classrooms/[id]": people(inReach("read-roster")),
  "/roster/teachers/[id]": people(inReach("read-roster")),
  "/roster/learners/[id]": people(inReach("read-roster")),
  "/roster/edits": people(needs("read-roster", "read-syncs")),
  "/why": people(inReach("read-roster")),
  "/why/person": people(inReach("read-roster")),
  "/conflicts": people(needs("read-syncs", "read-roster")),
  "/conflicts/[integration]/[seq]": people(needs("read-syncs")),
  "/help": inReach("read-roster"),
  "/help/[...page]": inReach("read-roster"),
  "/integrations": needs("read-syncs"),
  "/integrations/order": needs("change-integrations", "read-syncs"),
  "/integrations/new": needs("change-integrations"),
  "/integrations/authorize": needs("change-integrations"),
  "/integrations/[id]": needs("read-syncs"),
  "/integrations/[id]/edit": needs("change-integrations", "read-syncs"),
  "/integrations/[id]/scope": needs("change-integrations", "read-syncs"),
  "/integrations/[id]/disconnect": needs("change-integrations", "read-syncs"),
  "/integrations/[id]/withheld": people(needs("read-syncs")),
  "/integrations/[id]/runs/[runId]": people(needs("read-syncs")),
  "/integrations/[id]/runs/[runId]/changes": people(needs("read-syncs")),
  "/integrations/[id]/runs/[runId]/issues": people(needs("read-syncs")),
  "/integrations/[id]/runs/[runId]/issues/[seq]": people(needs("read-syncs")),
  "/audit-log": people(needs("read-audit-log", "read-roster")),
  "/audit-log/views": people(needs("read-audit-log", "read-roster")),
  "/settings": needs("read-roster", "read-settings"),
  "/settings/retention": people(needs("read-settings", "read-roster")),
  "/settings/team": people(needs("read-settings", "read-roster")),
  "/settings/sign-in": needs("change-settings", "read-settings", "read-syncs"),
  "/settings/webhooks": needs("read-settings"),
  "/settings/api": needs("change-settings", "read-settings"),
  "/settings/api/reference": needs("read-settings"),
  "/settings/notifications": needs("be-told"),
  "/settings/password": inReach("read-roster"),
};

/** Server actions by their name. */
export const actionDoors: Readonly<Record<string, Door>> = {
  acknowledgeCause: needs("decide"),
  releaseCause: needs("decide"),
  savePerson: needs("edit-people"),
  saveClassroom: needs("edit-people"),
  release: needs("edit-people"),
  releaseRecordStatus: needs("edit-people"),
  deactivatePerson: needs("edit-people"),
  reactivatePerson: needs("edit-people"),
  bar: needs("edit-people"),
  unbar: needs("edit-people"),
  archive: needs("edit-people"),
  restore: needs("edit-people"),
  holdPerson: needs("erase-people"),
  releaseHold: needs("erase-people"),
  erasePersonData: needs("erase-people"),
  letIn: needs("erase-people"),
  verifyChain: needs("read-audit-log"),
  saveDistrict: needs("change-settings"),
  recordViews: needs("change-settings"),
  addAdmin: needs("manage-admins"),
  giveRole: needs("manage-admins"),
  deactivateAdmin: needs("manage-admins"),
  reactivateAdmin: needs("manage-admins"),
  sendLink: needs("manage-admins"),
  chooseMessages: needs("be-told"),
  sendAgain: needs("change-settings"),
  addEndpoint: needs("change-settings"),
  changeEndpoint: needs("change-settings"),
  rotateEndpoint: needs("change-settings"),
  removeEndpoint: needs("change-settings"),
  testEndpoint: needs("change-settings"),
  saveNew: needs("change-integrations"),
  fillSample: needs("change-integrations"),
  saveConnection: needs("change-integrations"),
  saveSchedule: needs("change-integrations"),
  saveSafety: needs("change-integrations"),
  saveFullReadDays: needs("change-integrations"),
  saveReadingRules: needs("change-integrations"),
  saveBlackout: needs("change-integrations"),
  endBlackout: needs("change-integrations"),
  pause: needs("change-integrations"),
  resume: needs("change-integrations"),
  disconnect: needs("change-integrations"),
  authorize: needs("change-integrations"),
  count: needs("change-integrations", "read-syncs"),
  search: needs("change-integrations", "read-syncs"),
  save: needs("change-integrations", "read-syncs"),
  showOrder: needs("change-integrations", "read-syncs"),
  saveOrder: needs("change-integrations", "decide"),
  startRun: needs("run-syncs"),
  startVersionChange: needs("change-integrations"),
  startFromMemory: needs("run-syncs"),
  startPersonSync: needs("run-syncs", "read-syncs"),
  lookAtPersonSync: people(needs("run-syncs", "read-syncs")),
  cancel: needs("run-syncs"),
  approve: needs("decide"),
  refuse: needs("decide"),
  ask: needs("decide"),
  discard: needs("decide", "read-syncs"),
  approveParts: needs("decide", "read-syncs"),
  refusePlan: needs("decide", "read-syncs"),
  declineClasses: needs("decide", "read-syncs", "run-syncs"),
  lookAtUndo: people(needs("decide", "read-syncs")),
  undo: needs("decide", "read-syncs"),
  decide: needs("decide", "read-syncs"),
  decideWhichClass: needs("decide", "read-syncs"),
  decideWho: needs("decide"),
  theyAreTheSame: needs("decide"),
  takeBack: needs("decide"),
  resetFactor: needs("manage-admins"),
  demandSecondFactor: needs("change-settings"),
  addWay: needs("change-settings"),
  changeWay: needs("change-settings"),
  removeWay: needs("change-settings"),
  testWay: needs("change-settings"),
  saveDomains: needs("change-settings"),
  requireOwnAccounts: needs("change-settings"),
  releaseLink: needs("change-settings"),
  makeClient: needs("change-settings"),
  revokeClient: needs("change-settings"),
  changePassword: own,
  endSession: own,
  endOtherSessions: own,
  proveItIsMe: own,
  waysOfProving: own,
  passkeyToProve: own,
  beginOwnApp: own,
  finishOwnApp: own,
  beginOwnPasskey: own,
  finishOwnPasskey: own,
  removeOwnApp: own,
  removeOwnPasskey: own,
  makeOwnCodes: own,
  findWays: nothing,
  enterByForm: nothing,
  forgetByForm: nothing,
  chooseFirstByForm: nothing,
  proveByForm: own,
  chooseFirst: nothing,
  forgetPassword: nothing,
  chooseByLink: nothing,
};

/** Route handlers by method and address. */
export const routeDoors: Readonly<Record<string, Door>> = {
  "GET /metrics": nothing,
  "GET /api/health": nothing,
  "GET /api/health/live": nothing,
  "GET /api/health/ready": nothing,
  "GET /api/auth/[...nextauth]": nothing,
  "POST /api/auth/[...nextauth]": nothing,
  "GET /api/help/images/[name]": inReach("read-roster"),
  "POST /api/find": people(inReach("read-roster")),
  "GET /api/find/about": people(inReach("read-roster")),
  "GET /api/roster/schools": inReach("read-roster"),
  "GET /api/roster/people": people(inReach("export")),
  "GET /api/people/[id]/export": people(inReach("export")),
  "GET /api/roster/edits": people(needs("export", "read-roster")),
  "GET /api/incidents": needs("read-syncs"),
  "GET /api/runs/[runId]": needs("read-syncs"),
  "POST /api/runs/[runId]/parts": people(needs("read-syncs")),
  "GET /api/runs/[runId]/changes": people(needs("read-syncs", "export")),
  "GET /api/runs/[runId]/issues": people(needs("read-syncs", "export")),
  "GET /api/integrations/[id]/history": needs("read-syncs", "export"),
  "GET /api/audit-log/views": people(needs("read-audit-log", "export")),
  "GET /api/audit-log/export": people(needs("read-audit-log", "export")),
  "POST /api/integrations/test": needs("change-integrations"),
  "GET /api/integrations/authorize/callback": needs("change-integrations"),
  "GET /api/sign-in/begin": nothing,
  "GET /api/sign-in/callback": nothing,
  "GET /api/v1/openapi.json": nothing,
  ...programDoors(people(program), "/api/v1/[[...path]]", "HEAD"),
  ...programDoors(people(program), "/ims/oneroster/v1p1/[...path]", "HEAD"),
  ...programDoors(people(program), "/ims/oneroster/rostering/v1p2/[...path]", "HEAD"),
  ...programDoors(program, "/oauth/token"),
};

/** A handler of a program's door answers every method, and refuses in its own words those that it does not have. */
function programDoors(door: Door, address: string, ...also: readonly string[]): Readonly<Record<string, Door>> {
  const methods = ["DELETE", "GET", ...also, "OPTIONS", "PATCH", "POST", "PUT"];
  return Object.fromEntries(methods.map((method) => [`${method} ${address}`, door]));
}

/** Whether a door opens to a role; null: to somebody who is not signed in. */
export function opensTo(door: Door, role: Role | null): boolean {
  if (door.needs === "nothing") return true;
  if (door.needs === "program") return false;
  if (role === null) return false;
  if (door.needs === "own") return true;
  const { may, reach } = definitionOf(role);
  return door.needs.every((one) => may.includes(one)) && (reach === "district" || (reach === "schools" && "reach" in door));
}

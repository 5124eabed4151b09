import { type Capability, definitionOf, type Role } from "#lib/platform/roles.ts";

/**
 * Every door of the build, and what opens it: docs/roles.md is made of it, doors.test.ts compares it with what the source has, and
 * e2e/roles.spec.ts tries each as everybody. A new page, action or route is one line here.
 */
export type Door =
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
const own: Door = { needs: "own" };
const nothing: Door = { needs: "nothing" };
const program: Door = { needs: "program" };

/** Pages by their address. */
export const pageDoors: Readonly<Record<string, Door>> = {
  "/": nothing,
  "/sign-in": nothing,
  "/sign-in/forgot": nothing,
  "/choose-password": nothing,
  "/home": own,
  "/home/sign-in": own,
  "/overview": needs("read-syncs", "read-roster"),
  "/roster": inReach("read-roster"),
  "/roster/schools": inReach("read-roster"),
  "/roster/classrooms": inReach("read-roster"),
  "/roster/teachers": inReach("read-roster"),
  "/roster/learners": inReach("read-roster"),
  "/roster/schools/[id]": inReach("read-roster"),
  "/roster/classrooms/[id]": inReach("read-roster"),
  "/roster/teachers/[id]": inReach("read-roster"),
  "/roster/learners/[id]": inReach("read-roster"),
  "/roster/edits": needs("read-roster", "read-syncs"),
  "/why": inReach("read-roster"),
  "/why/person": inReach("read-roster"),
  "/conflicts": needs("read-syncs", "read-roster"),
  "/conflicts/[integration]/[seq]": needs("read-syncs"),
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
  "/integrations/[id]/withheld": needs("read-syncs"),
  "/integrations/[id]/runs/[runId]": needs("read-syncs"),
  "/integrations/[id]/runs/[runId]/changes": needs("read-syncs"),
  "/integrations/[id]/runs/[runId]/issues": needs("read-syncs"),
  "/integrations/[id]/runs/[runId]/issues/[seq]": needs("read-syncs"),
  "/audit-log": needs("read-audit-log", "read-roster"),
  "/settings": needs("read-roster", "read-settings"),
  "/settings/retention": needs("read-settings", "read-roster"),
  "/settings/team": needs("read-settings", "read-roster"),
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
  lookAtPersonSync: needs("run-syncs", "read-syncs"),
  cancel: needs("run-syncs"),
  approve: needs("decide"),
  refuse: needs("decide"),
  ask: needs("decide"),
  discard: needs("decide", "read-syncs"),
  approveParts: needs("decide", "read-syncs"),
  refusePlan: needs("decide", "read-syncs"),
  declineClasses: needs("decide", "read-syncs", "run-syncs"),
  lookAtUndo: needs("decide", "read-syncs"),
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
  "POST /api/find": inReach("read-roster"),
  "GET /api/find/about": inReach("read-roster"),
  "GET /api/roster/people": inReach("export"),
  "GET /api/people/[id]/export": inReach("export"),
  "GET /api/roster/edits": needs("export", "read-roster"),
  "GET /api/incidents": needs("read-syncs"),
  "GET /api/runs/[runId]": needs("read-syncs"),
  "POST /api/runs/[runId]/parts": needs("read-syncs"),
  "GET /api/runs/[runId]/changes": needs("read-syncs", "export"),
  "GET /api/runs/[runId]/issues": needs("read-syncs", "export"),
  "GET /api/integrations/[id]/history": needs("read-syncs", "export"),
  "GET /api/audit-log/export": needs("read-audit-log", "export"),
  "POST /api/integrations/test": needs("change-integrations"),
  "GET /api/integrations/authorize/callback": needs("change-integrations"),
  "GET /api/sign-in/begin": nothing,
  "GET /api/sign-in/callback": nothing,
  "GET /api/v1/openapi.json": nothing,
  ...programDoors("/api/v1/[[...path]]", "HEAD"),
  ...programDoors("/ims/oneroster/v1p1/[...path]", "HEAD"),
  ...programDoors("/ims/oneroster/rostering/v1p2/[...path]", "HEAD"),
  ...programDoors("/oauth/token"),
};

/** A handler of a program's door answers every method, and refuses in its own words those that it does not have. */
function programDoors(address: string, ...also: readonly string[]): Readonly<Record<string, Door>> {
  const methods = ["DELETE", "GET", ...also, "OPTIONS", "PATCH", "POST", "PUT"];
  return Object.fromEntries(methods.map((method) => [`${method} ${address}`, program]));
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

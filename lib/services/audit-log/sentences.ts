import { scheduleInWords } from "#lib/engine/schedule/cron.ts";
import type { AuditAction } from "#lib/platform/audit.ts";
import { formatDay } from "#lib/platform/format/date-time.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import { type AdminRole, adminRoles, roles } from "#lib/platform/roles.ts";
import { type IssueCode, issueCodes } from "#lib/roster/issue-codes.ts";
import { changedOf, count, counted, isRecord, nameOf, namesOf, quoted, text, valuesOf } from "./details.ts";
import { actorInSentence } from "./labels.ts";
import type { AuditRow, AuditSentence } from "./schema.ts";

type Said = Omit<AuditSentence, "actor">;
type Words = (row: AuditRow) => Said;

/** About the target alone. */
const to =
  (does: string, rest: (details: AuditRow["details"]) => string = () => ""): Words =>
  (row) => ({ does, target: nameOf(row), rest: rest(row.details) + because(row) });

/** About nothing that has a name of its own. */
const plainly =
  (does: string | ((details: AuditRow["details"]) => string)): Words =>
  (row) => ({ does: typeof does === "string" ? does : does(row.details), target: null, rest: because(row) });

const because = ({ details }: AuditRow) =>
  typeof details.reason === "string" && details.reason !== "" ? `: ${quoted(details.reason)}` : "";

/** Why somebody was not signed in is a code of ours, no words of theirs. */
const refusals: Readonly<Record<string, string>> = {
  wrong: "the password was wrong",
  barred: "an admin bars them",
  deactivated: "the account is deactivated",
  suspended: "the district is suspended",
  ambiguous: "several accounts have the address",
  expired: "the one-time password had expired",
  throttled: "too many tries",
  "own-accounts-only": "the district signs in with its own accounts only",
  canceled: "they broke it off",
  unreachable: "the provider did not answer",
  "not-valid": "the provider's answer could not be trusted",
  "other-tenant": "the account is another organization's",
  unverified: "the provider does not vouch for the address",
  "no-sis-id": "the provider told no id of the SIS",
  unknown: "nobody here is known by it",
  "other-subject": "another account of the provider is linked already",
};

/** How somebody showed, or tried to show, who they are. */
const proofs: Readonly<Record<string, string>> = {
  app: " by a code of their app",
  "recovery-code": " by a recovery code",
  passkey: " by a passkey",
  password: " by their password",
};

/** What the tries of a spray have in common (lib/services/accounts/sprays.ts). */
const sprays: Readonly<Record<string, string>> = {
  accounts: "somebody tried passwords on many accounts from one address",
  unknown: "somebody tried many addresses that nobody has",
  password: "one password was tried on many accounts",
};

const verdicts: Readonly<Record<string, string>> = {
  "same-person": "it is the same person",
  "somebody-else": "it is somebody else",
  ignored: "it is left out",
};

const wayOfPeople: Readonly<Record<string, string>> = {
  leave: ", its people stay as they are",
  deactivate: ", its people were deactivated",
};

function causeOf({ code }: AuditRow["details"]): string {
  const cause = typeof code === "string" && code in issueCodes ? issueCodes[code as IssueCode] : null;
  return cause === null ? "" : `, ${quoted(cause.title)}`;
}

function roleSaid(given: unknown): string {
  const role = isRecord(given) ? given.role : null;
  return `a${/^[aeiou]/.test(String(role)) ? "n" : ""} ${adminRoles.find((one) => one === role) === undefined ? "admin" : roles[role as AdminRole].label.toLowerCase()}`;
}

/** A sentence for each kind of entry; a new one does not compile until it has one. */
const sentences: Readonly<Record<AuditAction, Words>> = {
  "signed-in": plainly(({ providerId }) => (typeof providerId === "string" ? "signed in with the district's own account" : "signed in")),
  "sign-in-refused": ({ details, ...row }) => ({
    does: row.targetKind === "account" ? "was refused to sign in as" : "was refused to sign in with an account of the district",
    target: row.targetKind === "account" ? nameOf({ ...row, details }) : null,
    rest: typeof details.reason === "string" ? `: ${refusals[details.reason] ?? "not allowed"}` : "",
  }),
  "sign-in-spray-seen": plainly(
    ({ pattern, atLeast, minutes }) =>
      `saw that ${sprays[text("pattern", pattern)] ?? "somebody tried passwords on many accounts"}: at least ${formatCount(count(atLeast), "address", "addresses")} within ${formatCount(count(minutes), "minute")}`,
  ),
  "signed-out": plainly("signed out"),
  "sessions-ended": (row) => ({
    does: `ended ${formatCount(count(row.details.sessions), "session")} of`,
    target: nameOf(row),
    rest: "",
  }),
  "district-created": plainly(
    (details) => `set the district up${details.timezone === undefined ? "" : `, in the time zone ${text("timezone", details.timezone)}`}`,
  ),
  "district-suspended": plainly("suspended the district"),
  "district-resumed": plainly("resumed the district"),
  "district-exported": plainly((details) => `exported all of the district${counted(details.rows, "row")}`),
  "district-deletion-begun": plainly("began to delete the district"),
  "admin-created": to("added the admin"),
  "role-changed": to("made", ({ after }) => ` ${roleSaid(after)}`),
  "settings-changed": plainly((details) => `changed the district's settings: ${changedOf(details.before, details.after)}`),
  "account-deactivated": to("deactivated"),
  "account-reactivated": to("reactivated"),
  "account-barred": to("barred", () => " from signing in"),
  "account-unbarred": to("allowed", () => " to sign in again"),
  "classroom-archived": to("archived"),
  "classroom-restored": to("brought back"),
  "record-edited": to("edited", valuesOf),
  "edit-released": to("gave back to the SIS what was edited of", valuesOf),
  "edits-exported": plainly("downloaded the edits"),
  "integration-created": to("added", ({ schedule }) =>
    schedule === undefined ? "" : `: ${scheduleInWords(typeof schedule === "string" ? schedule : null)}`,
  ),
  "integration-changed": changedIntegration,
  "scope-changed": to("changed what comes in from", scopeWords),
  "integration-paused": to("paused"),
  "integration-resumed": to("resumed"),
  "integration-removed": to("disconnected", ({ people }) => (typeof people === "string" ? (wayOfPeople[people] ?? "") : "")),
  "integration-order-changed": plainly(({ changes }) => {
    const said = Array.isArray(changes) ? changes.filter((change) => typeof change === "string") : [];
    return `changed which integration's values win${said.length === 0 ? "" : `: ${said.join("; ")}`}`;
  }),
  "integration-viewed": to("looked at the settings of"),
  "connection-tested": (row) => ({
    does: "tested the connection of",
    target: nameOf(row),
    rest: row.details.outcome === "failed" ? ": it failed" : row.details.outcome === undefined ? "" : ": it works",
  }),
  "host-key-pinned": to("confirmed the host key of", ({ before }) => (before == null ? "" : ", which was another one before")),
  "authorization-begun": to("began to authorize"),
  "authorization-refused": to("did not complete the authorization of"),
  "integration-authorized": to("authorized", ({ before }) => (before === "authorized" ? " again" : "")),
  "run-requested": (row) => ({
    does: row.details.trigger === "schedule" ? "began on schedule" : "asked for",
    target: nameOf(row),
    rest: requested(row),
  }),
  "run-cancelled": to("canceled"),
  "run-succeeded": (row) => ({ does: "finished", target: nameOf(row), rest: totalsOf(row.details.totals) }),
  "run-failed": (row) => ({ does: "could not finish", target: nameOf(row), rest: ", and changed nothing" }),
  "run-held": (row) => ({ does: "held", target: nameOf(row), rest: " for a review" }),
  "run-previewed": (row) => ({ does: "finished the preview", target: nameOf(row), rest: totalsOf(row.details.totals) }),
  "run-approved": to("approved"),
  "run-discarded": to("discarded"),
  "withheld-approved": withheld("approved"),
  "withheld-refused": withheld("refused"),
  "withheld-asked-again": withheld("took back the refusal of"),
  "run-undone": to("asked to take back"),
  "issues-acknowledged": to("acknowledged issues of", causeOf),
  "issues-released": to("no longer acknowledges issues of", causeOf),
  "match-decided": decided("decided who a record is"),
  "match-taken-back": decided("took back who a record is"),
  "class-decided": decidedClass("decided which class a record is"),
  "class-decision-taken-back": decidedClass("took back which class a record is"),
  "roster-exported": plainly((details) =>
    typeof details.list === "string" ? `downloaded the list of ${details.list}` : `exported the roster${counted(details.rows, "row")}`,
  ),
  "issues-exported": to("downloaded the issues of"),
  "changes-exported": to("downloaded the changes of"),
  "audit-exported": plainly("downloaded the audit log"),
  "views-exported": plainly("downloaded who looked at people's data"),
  "audit-viewed": plainly(({ brokenAt, entries }) =>
    brokenAt == null
      ? `verified the audit log${counted(entries, "entry", "entries")}`
      : `verified the audit log: it breaks at entry ${count(brokenAt)}`,
  ),
  "accounts-purged": plainly(
    ({ accounts, retentionDays }) =>
      `removed ${formatCount(count(accounts), "account")} that ${count(accounts) === 1 ? "was" : "were"} deactivated for more than ${formatCount(count(retentionDays), "day")}`,
  ),
  "account-held": to("held", () => " from erasure"),
  "account-released": to("released", () => " for erasure"),
  "account-exported": to("exported all data of"),
  "account-erased": to("erased on request", ({ barred }) => (count(barred) > 0 ? " and leaves the record of the SIS out from now on" : "")),
  "id-unbarred": to("let a record in again from"),
  "withdrawn-records-emptied": plainly(({ records }) => `emptied ${formatCount(count(records), "record")} that the SIS withdrew`),
  "history-dropped": plainly(
    ({ month, of }) =>
      `dropped ${typeof of === "string" && of.startsWith("who") ? `what was recorded of ${of}` : "the history of syncs"}${typeof month === "string" ? ` of ${month}` : ""}, which is no longer kept`,
  ),
  "classes-turned": plainly(
    ({ day, classrooms }) =>
      `noted that ${formatCount(count(classrooms), "classroom")} began or ended by ${count(classrooms) === 1 ? "its" : "their"} dates${typeof day === "string" ? ` on ${formatDay(day)}` : ""}`,
  ),
  "keys-rotated": plainly("rotated the encryption keys"),
  "password-changed": to("changed the password of"),
  "password-link-sent": (row) => ({
    does: row.actorKind === "account" ? "sent a link to choose a password to" : "asked for a link to choose a new password for",
    target: nameOf(row),
    rest: "",
  }),
  "identity-confirmed": plainly(({ by }) => `showed who they are${proofs[text("by", by)] ?? ""}`),
  "identity-refused": plainly(({ by }) => `did not show who they are${proofs[text("by", by)] ?? ""}`),
  "factor-added": plainly(({ factor }) => `added ${factor === "app" ? "an authenticator app" : "a passkey"} to their sign-in`),
  "factor-removed": plainly(({ factor }) => `removed ${factor === "app" ? "the authenticator app" : "a passkey"} from their sign-in`),
  "recovery-code-used": plainly(({ left }) => `used a recovery code, with ${formatCount(count(left), "more code")} left`),
  "recovery-codes-made": plainly("made new recovery codes of their own"),
  "second-factor-reset": to("took the second factor away from", ({ sessions }) => `, and ended ${formatCount(count(sessions), "session")}`),
  "identity-provider-added": plainly(({ host }) => `added a way of signing in${hostOf(host).replace(" to ", " at ")}`),
  "identity-provider-changed": plainly(({ fields }) => {
    const names = Array.isArray(fields) ? fields.filter((field) => typeof field === "string") : [];
    return `changed a way of signing in${names.length === 0 ? "" : `: ${namesOf(names)}`}`;
  }),
  "identity-provider-removed": plainly(({ host }) => `removed the way of signing in${hostOf(host).replace(" to ", " at ")}`),
  "identity-provider-tested": plainly(({ outcome }) => `tested a way of signing in${outcome === "failed" ? ", which failed" : ""}`),
  "identity-bound": to("linked an own account of the district to"),
  "identity-released": to("released the link of the own account of"),
  "sign-in-domains-changed": plainly(
    ({ before, after }) => `changed the domains for signing in: ${text("domains", before)} → ${text("domains", after)}`,
  ),
  "own-accounts-required": plainly("made the district's own accounts the only way to sign in"),
  "passwords-allowed": plainly("let passwords sign in again"),
  "blackout-added": plainly((details) => `added a blackout${daysOf(details)}`),
  "blackout-removed": plainly((details) => `removed the blackout${daysOf(details)}`),
  "notifications-changed": to("changed what is sent to"),
  "webhook-added": plainly(({ host }) => `added a webhook${hostOf(host)}`),
  "webhook-changed": plainly("changed what a webhook is sent"),
  "webhook-removed": plainly(({ host }) => `removed the webhook${hostOf(host)}`),
  "webhook-secret-rotated": plainly("gave a webhook another secret"),
  "webhook-tested": plainly("tested a webhook"),
  "delivery-repeated": plainly("sent a message again"),
  "api-client-created": plainly((details) => `gave ${apiClient(details)} access${grantedTo(details)}`),
  "api-client-revoked": plainly((details) => `took the access away from ${apiClient(details)}`),
};

/** What an entry says. An action of a later version stays as it is called. */
export function sentenceOf(row: AuditRow): AuditSentence {
  const words: Words =
    sentences[row.action as AuditAction] ?? (() => ({ does: row.action.replaceAll("-", " "), target: nameOf(row), rest: "" }));
  return { actor: actorInSentence(row), ...words(row) };
}

const apiClient = ({ name, kind }: AuditRow["details"]) =>
  `${kind === "application" ? "the application" : "the API token"} ${typeof name === "string" ? quoted(name) : "that was removed"}`;

function grantedTo({ scopes, expiresOn }: AuditRow["details"]): string {
  const allowed = Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === "string") : [];
  return `${allowed.length === 0 ? "" : `: ${allowed.join(", ")}`}${typeof expiresOn === "string" ? `, until ${formatDay(expiresOn)}` : ""}`;
}

const hostOf = (host: unknown) => (typeof host === "string" ? ` to ${host}` : "");

function changedIntegration(row: AuditRow): Said {
  const { details } = row;
  const target = nameOf(row);
  const fields = Array.isArray(details.fields) ? details.fields.filter((field) => typeof field === "string") : [];
  const secrets = Array.isArray(details.secrets) ? details.secrets.filter((field) => typeof field === "string") : [];
  if (details.because === "renewed-by-the-sis") return { does: "stored a new key that was sent by", target, rest: "" };
  if (fields.length === 1 && fields[0] === "schedule") {
    const [before, after] = [details.before, details.after].map((cron) => scheduleInWords(typeof cron === "string" ? cron : null));
    const daily = "daily at ";
    const isDaily = before?.startsWith(daily) && after?.startsWith(daily);
    return { does: "changed the schedule of", target, rest: `: ${before} → ${isDaily ? after?.slice(daily.length) : after}` };
  }
  if (fields.length === 1 && fields[0] === "safety")
    return { does: "changed the limits of", target, rest: `: ${changedOf(details.before, details.after)}` };
  if (fields.length === 1 && fields[0] === "readingRules")
    return { does: "changed how the records are read of", target, rest: `: ${changedOf(details.before, details.after)}` };
  if (fields.length === 1 && "after" in details)
    return { does: "changed", target, rest: `: ${changedOf({ [fields[0] ?? ""]: details.before }, { [fields[0] ?? ""]: details.after })}` };
  return { does: "changed", target, rest: fields.length + secrets.length === 0 ? "" : `: ${namesOf([...fields, ...secrets])}` };
}

function withheld(does: string): Words {
  return (row) => ({
    does: `${does} ${formatCount(count(row.details.count), "withheld change")} of`,
    target: nameOf(row),
    rest: because(row),
  });
}

function decided(does: string): Words {
  return (row) => ({
    does: `${does}${row.targetKind === "account" ? ":" : " in"}`,
    target: nameOf(row),
    rest: `${typeof row.details.verdict === "string" ? `, ${verdicts[row.details.verdict] ?? "as they said"}` : ""}${because(row)}`,
  });
}

function decidedClass(does: string): Words {
  return (row) => {
    const { verdict, classes } = row.details;
    const which =
      verdict === "same"
        ? ", it is this class"
        : typeof classes === "number"
          ? `: ${formatCount(classes, "class", "classes")} of the SIS are others`
          : ", it is another class";
    return { does: `${does}${row.targetKind === "classroom" ? ":" : " in"}`, target: nameOf(row), rest: `${which}${because(row)}` };
  };
}

function requested(row: AuditRow): string {
  const { details } = row;
  if (details.disconnects === true) return `, which disconnects the integration${because(row)}`;
  if (typeof details.changesVersionTo === "string")
    return `, which ${details.kind === "preview" ? "shows what changing" : "changes"} to OneRoster ${details.changesVersionTo}${details.kind === "preview" ? " would do" : ""}`;
  if (details.forOnePerson === true) return " for one person";
  if (details.undoOf !== undefined) return `, which takes another one back${because(row)}`;
  if (details.kind === "preview") return ", a preview that changes nothing";
  return details.retryOf === undefined ? "" : ", once more after a failure";
}

function daysOf({ firstDay, lastDay }: AuditRow["details"]): string {
  if (typeof firstDay !== "string" || typeof lastDay !== "string") return "";
  return firstDay === lastDay ? ` on ${formatDay(firstDay)}` : ` from ${formatDay(firstDay)} to ${formatDay(lastDay)}`;
}

/** By list what is left out or taken in now; the ids are the SIS's and say nothing to people, so they are counted. */
function scopeWords(details: AuditRow["details"]): string {
  const sizes = Object.values(details).filter(isRecord);
  const total = (side: "leftOut" | "takenIn") =>
    sizes.reduce(
      (sum, list) => sum + (Array.isArray(list[side]) ? list[side].length : isRecord(list[side]) ? count(list[side].count) : 0),
      0,
    );
  const parts = [
    total("leftOut") > 0 ? `${total("leftOut")} left out` : null,
    total("takenIn") > 0 ? `${total("takenIn")} taken in again` : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? "" : `: ${parts.join(", ")}`;
}

function totalsOf(totals: unknown): string {
  if (!isRecord(totals)) return "";
  const all = Object.values(totals).filter(isRecord);
  const sum = (...keys: string[]) => all.reduce((total, kind) => total + keys.reduce((some, key) => some + count(kind[key]), 0), 0);
  const parts = [
    [sum("created", "reactivated"), "came"],
    [sum("deactivated", "removed"), "left"],
    [sum("updated"), "changed"],
  ].flatMap(([number, what]) => (number === 0 ? [] : [`${formatCount(Number(number), "record")} ${what}`]));
  return parts.length === 0 ? ": nothing changed" : `: ${parts.join(", ")}`;
}

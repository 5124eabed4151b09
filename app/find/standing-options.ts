import { paths } from "#app/paths.ts";
import type { FindOption } from "#components/find/types.ts";
import { beginsWithAll } from "#lib/platform/format/beginnings.ts";

interface Standing extends Pick<FindOption, "label" | "href"> {
  /** What else it may be looked for as. */
  readonly also?: string;
  readonly detail?: string;
  readonly icon?: FindOption["icon"];
  readonly deed?: FindOption["deed"];
}

const pages: readonly Standing[] = [
  { label: "Today", also: "overview home", href: paths.overview() },
  { label: "Schools", also: "roster list", href: paths.roster("schools") },
  { label: "Classes", also: "classrooms roster list", href: paths.roster("classrooms") },
  { label: "Teachers", also: "staff people roster list", href: paths.roster("teachers") },
  { label: "Learners", also: "students pupils people roster list", href: paths.roster("learners") },
  { label: "Edits in Aivo", also: "edited changed values", href: paths.rosterEdits() },
  { label: "Conflicts", also: "who is it decide matching", href: paths.conflicts() },
  { label: "Why", also: "missing never arrived search", href: paths.why() },
  { label: "Integrations", also: "sis connections", href: paths.integrations() },
  { label: "Order of integrations", also: "precedence whose values win", href: paths.integrationOrder() },
  { label: "Audit log", also: "history who did", href: paths.auditLog() },
  { label: "Settings", also: "district name time zone", href: paths.settings() },
  { label: "Team", also: "admins settings", href: paths.team() },
  { label: "Notifications", also: "messages email settings", href: paths.notifications() },
  { label: "Webhooks", also: "endpoints settings", href: paths.webhooks() },
  { label: "API", also: "tokens programs oneroster applications settings", href: paths.apiAccess() },
  { label: "API reference", also: "openapi operations curl", href: paths.apiReference() },
  { label: "Retention", also: "purge erase privacy settings", href: paths.retention() },
  { label: "Your password and sessions", also: "change password settings account sign-in sign out everywhere", href: paths.password() },
  { label: "Help", also: "docs documentation guide", href: paths.help() },
];

const actions: readonly Standing[] = [
  { label: "Add Integration", also: "new connect sis clever classlink oneroster", href: paths.newIntegration(), icon: "action" },
  {
    label: "Bar a person from signing in",
    also: "block suspend ban lock",
    detail: "choose whom",
    href: paths.roster("learners"),
    icon: "bar",
    deed: { kind: "choose", what: "Bar from signing in" },
  },
];

/** Pages that the words lead to; without words the places one goes to most. */
export function pageOptions(words: readonly string[], most: number): readonly FindOption[] {
  return optionsOf("page", pages, words).slice(0, most);
}

/** What can be done that the words begin; without words, all. */
export function actionOptions(words: readonly string[]): readonly FindOption[] {
  return optionsOf("action", actions, words);
}

function optionsOf(kind: string, all: readonly Standing[], words: readonly string[]): FindOption[] {
  return all
    .filter(({ label, also = "" }) => beginsWithAll(`${label} ${also}`, words))
    .map(({ label, href, detail = "", icon = "page", deed = null }) => ({
      key: `${kind}-${label}`,
      icon,
      schoolPlace: null,
      label,
      detail,
      asks: false,
      href,
      about: null,
      deed,
    }));
}

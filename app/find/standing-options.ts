import { paths } from "#app/paths.ts";
import type { FindOption } from "#components/find/types.ts";
import { beginsWithAll } from "#lib/platform/format/beginnings.ts";
import type { Capability } from "#lib/platform/roles.ts";

interface Standing extends Pick<FindOption, "label" | "href"> {
  /** What else it may be looked for as. */
  readonly also?: string;
  readonly detail?: string;
  readonly icon?: FindOption["icon"];
  readonly deed?: FindOption["deed"];
  /** What whoever is offered it may do. */
  readonly needs: Capability;
}

const pages: readonly Standing[] = [
  { label: "Today", needs: "read-syncs", also: "overview home", href: paths.overview() },
  { label: "Schools", needs: "read-roster", also: "roster list", href: paths.roster("schools") },
  { label: "Classes", needs: "read-roster", also: "classrooms roster list", href: paths.roster("classrooms") },
  { label: "Teachers", needs: "read-roster", also: "staff people roster list", href: paths.roster("teachers") },
  { label: "Learners", needs: "read-roster", also: "students pupils people roster list", href: paths.roster("learners") },
  { label: "Edits in Aivo", needs: "read-syncs", also: "edited changed values", href: paths.rosterEdits() },
  { label: "Conflicts", needs: "read-syncs", also: "who is it decide matching", href: paths.conflicts() },
  { label: "Why", needs: "read-roster", also: "missing never arrived search", href: paths.why() },
  { label: "Integrations", needs: "read-syncs", also: "sis connections", href: paths.integrations() },
  { label: "Order of integrations", needs: "change-integrations", also: "precedence whose values win", href: paths.integrationOrder() },
  { label: "Audit log", needs: "read-audit-log", also: "history who did", href: paths.auditLog() },
  { label: "Settings", needs: "read-settings", also: "district name time zone", href: paths.settings() },
  { label: "Team", needs: "read-settings", also: "admins settings", href: paths.team() },
  { label: "Notifications", needs: "be-told", also: "messages email settings", href: paths.notifications() },
  { label: "Webhooks", needs: "read-settings", also: "endpoints settings", href: paths.webhooks() },
  { label: "API", needs: "change-settings", also: "tokens programs oneroster applications settings", href: paths.apiAccess() },
  { label: "API reference", needs: "read-settings", also: "openapi operations curl", href: paths.apiReference() },
  { label: "Retention", needs: "read-settings", also: "purge erase privacy settings", href: paths.retention() },
  {
    label: "Your password and sessions",
    needs: "read-roster",
    also: "change password settings account sign-in sign out everywhere",
    href: paths.password(),
  },
  { label: "Help", needs: "read-roster", also: "docs documentation guide", href: paths.help() },
];

const actions: readonly Standing[] = [
  {
    label: "Add Integration",
    needs: "change-integrations",
    also: "new connect sis clever classlink oneroster",
    href: paths.newIntegration(),
    icon: "action",
  },
  {
    label: "Bar a person from signing in",
    needs: "edit-people",
    also: "block suspend ban lock",
    detail: "choose whom",
    href: paths.roster("learners"),
    icon: "bar",
    deed: { kind: "choose", what: "Bar from signing in" },
  },
];

/** Pages that the words lead to; without words the places one goes to most. */
export function pageOptions(words: readonly string[], most: number, can: (capability: Capability) => boolean): readonly FindOption[] {
  return optionsOf(
    "page",
    pages.filter(({ needs }) => can(needs)),
    words,
  ).slice(0, most);
}

/** What can be done that the words begin; without words, all. */
export function actionOptions(words: readonly string[], can: (capability: Capability) => boolean): readonly FindOption[] {
  return optionsOf(
    "action",
    actions.filter(({ needs }) => can(needs)),
    words,
  );
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

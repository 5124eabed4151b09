import type { Metadata } from "next";
import { addAdmin, deactivateAdmin, giveRole, reactivateAdmin, sendLink } from "#app/(portal)/settings/actions.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminPage, allowed, ownPage } from "#app/session.ts";
import { Team } from "#components/settings/team.tsx";
import { adminRoles, definitionOf } from "#lib/platform/roles.ts";
import { listAccounts } from "#lib/services/accounts/read.ts";
import { listSchoolNames } from "#lib/services/schools/read.ts";

const choices = adminRoles.map((value) => {
  const { label, says, reach } = definitionOf(value);
  return { value, label, says, isOfSchools: reach === "schools" };
});

export const metadata: Metadata = { title: "Team" };

export default async function TeamPage() {
  const scope = await adminPage("read-settings", "read-roster");
  const own = await ownPage();
  const opened = await services();
  const can = await allowed();
  const [admins, schools] = await Promise.all([listAccounts(opened, scope, "admin"), listSchoolNames(opened, scope)]);
  return (
    <Team
      admins={admins.map(({ id, name, email, status, hasPassword, given, schoolIds }) => ({
        id,
        name,
        email,
        status,
        hasPassword,
        isYou: id === own.accountId,
        role: given,
        schools: schoolIds,
      }))}
      actions={
        can("manage-admins") ? { add: addAdmin, deactivate: deactivateAdmin, reactivate: reactivateAdmin, sendLink, giveRole } : null
      }
      choices={{ roles: choices, schools }}
      ownSignInHref={paths.password()}
      isEmailOn={opened.env.mail !== null}
    />
  );
}

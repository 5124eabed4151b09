import type { Metadata } from "next";
import {
  addAdmin,
  deactivateAdmin,
  demandSecondFactor,
  giveRole,
  reactivateAdmin,
  resetFactor,
  sendLink,
} from "#app/(portal)/settings/actions.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminPage, allowed, ownPage } from "#app/session.ts";
import { DemandFactor } from "#components/settings/demand-factor.tsx";
import { Team } from "#components/settings/team.tsx";
import { adminRoles, definitionOf } from "#lib/platform/roles.ts";
import { listAccounts } from "#lib/services/accounts/read.ts";
import { getDistrict } from "#lib/services/districts/read.ts";
import { readSignIn } from "#lib/services/identity/read.ts";
import { listSchoolNames } from "#lib/services/schools/read.ts";
import { show } from "#lib/services/views/record.ts";

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
  const [admins, schools, { requiresSecondFactor }, { onlySince }] = await Promise.all([
    listAccounts(opened, scope, "admin").then((list) => show(opened, scope, { door: "/settings/team" }, list)),
    listSchoolNames(opened, scope),
    getDistrict(opened, scope),
    readSignIn(opened, scope),
  ]);
  const active = admins.filter(({ status }) => status === "active");
  return (
    <>
      <Team
        admins={admins.map(({ id, name, email, status, hasPassword, hasSecondFactor, given, schoolIds }) => ({
          id,
          name,
          email,
          status,
          hasPassword,
          hasSecondFactor,
          isYou: id === own.accountId,
          role: given,
          schools: schoolIds,
        }))}
        actions={
          can("manage-admins")
            ? { add: addAdmin, deactivate: deactivateAdmin, reactivate: reactivateAdmin, sendLink, resetFactor, giveRole }
            : null
        }
        choices={{ roles: choices, schools }}
        ownSignInHref={paths.password()}
        isEmailOn={opened.env.mail !== null}
        hasPasswords={onlySince === null}
      />
      {can("change-settings") ? (
        <DemandFactor
          isDemanded={requiresSecondFactor}
          without={active.filter(({ hasSecondFactor }) => !hasSecondFactor).length}
          isMineSetUp={admins.some(({ id, hasSecondFactor }) => id === own.accountId && hasSecondFactor)}
          ownSignInHref={paths.password()}
          demand={demandSecondFactor}
        />
      ) : null}
    </>
  );
}

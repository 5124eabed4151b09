import type { Metadata } from "next";
import { addAdmin, deactivateAdmin, demandSecondFactor, reactivateAdmin, resetFactor, sendLink } from "#app/(portal)/settings/actions.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminPage, ownPage } from "#app/session.ts";
import { DemandFactor } from "#components/settings/demand-factor.tsx";
import { Team } from "#components/settings/team.tsx";
import { listAccounts } from "#lib/services/accounts/read.ts";
import { getDistrict } from "#lib/services/districts/read.ts";
import { readSignIn } from "#lib/services/identity/read.ts";

export const metadata: Metadata = { title: "Team" };

export default async function TeamPage() {
  const scope = await adminPage();
  const own = await ownPage();
  const opened = await services();
  const [admins, { requiresSecondFactor }, { onlySince }] = await Promise.all([
    listAccounts(opened, scope, "admin"),
    getDistrict(opened, scope),
    readSignIn(opened, scope),
  ]);
  const active = admins.filter(({ status }) => status === "active");
  return (
    <>
      <Team
        admins={admins.map(({ id, name, email, status, hasPassword, hasSecondFactor }) => ({
          id,
          name,
          email,
          status,
          hasPassword,
          hasSecondFactor,
          isYou: id === own.accountId,
        }))}
        actions={{ add: addAdmin, deactivate: deactivateAdmin, reactivate: reactivateAdmin, sendLink, resetFactor }}
        ownSignInHref={paths.password()}
        isEmailOn={opened.env.mail !== null}
        hasPasswords={onlySince === null}
      />
      <DemandFactor
        isDemanded={requiresSecondFactor}
        without={active.filter(({ hasSecondFactor }) => !hasSecondFactor).length}
        isMineSetUp={admins.some(({ id, hasSecondFactor }) => id === own.accountId && hasSecondFactor)}
        ownSignInHref={paths.password()}
        demand={demandSecondFactor}
      />
    </>
  );
}

import type { Metadata } from "next";
import { addAdmin, deactivateAdmin, reactivateAdmin, sendLink } from "#app/(portal)/settings/actions.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminPage, ownPage } from "#app/session.ts";
import { Team } from "#components/settings/team.tsx";
import { listAccounts } from "#lib/services/accounts/read.ts";

export const metadata: Metadata = { title: "Team" };

export default async function TeamPage() {
  const scope = await adminPage("read-settings", "read-roster");
  const own = await ownPage();
  const opened = await services();
  const admins = await listAccounts(opened, scope, "admin");
  return (
    <Team
      admins={admins.map(({ id, name, email, status, hasPassword }) => ({
        id,
        name,
        email,
        status,
        hasPassword,
        isYou: id === own.accountId,
      }))}
      actions={{ add: addAdmin, deactivate: deactivateAdmin, reactivate: reactivateAdmin, sendLink }}
      ownSignInHref={paths.password()}
      isEmailOn={opened.env.mail !== null}
    />
  );
}

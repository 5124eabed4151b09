import type { Metadata } from "next";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminPage } from "#app/session.ts";
import { OnlyWay } from "#components/own-accounts/only-way.tsx";
import { ReleaseLink } from "#components/own-accounts/release-link.tsx";
import { SignInDomains } from "#components/own-accounts/sign-in-domains.tsx";
import { WayList } from "#components/own-accounts/way-list.tsx";
import { readSignIn } from "#lib/services/identity/read.ts";
import { listIntegrations } from "#lib/services/integrations/read.ts";
import { addWay, changeWay, releaseLink, removeWay, requireOwnAccounts, saveDomains, testWay } from "./actions.ts";

export const metadata: Metadata = { title: "Sign-in" };

export default async function SignInSettingsPage() {
  const scope = await adminPage("change-settings", "read-settings", "read-syncs");
  const opened = await services();
  const [{ providers, domains, onlySince }, integrations] = await Promise.all([readSignIn(opened, scope), listIntegrations(opened, scope)]);
  const absolute = (path: string) => new URL(path, opened.env.publicUrl).href;
  return (
    <>
      <WayList
        providers={providers}
        integrations={integrations.map(({ id, name }) => ({ id, name }))}
        callbackAddress={absolute(paths.api.signInCallback())}
        districtLink={absolute(paths.districtSignIn(scope.districtId))}
        helpHref={paths.help("sign-in")}
        actions={{ add: addWay, change: changeWay, remove: removeWay, test: testWay }}
      />
      <SignInDomains domains={domains} save={saveDomains} />
      <OnlyWay isOnly={onlySince !== null} isProven={providers.some(({ provenAt }) => provenAt !== null)} set={requireOwnAccounts} />
      <ReleaseLink release={releaseLink} />
    </>
  );
}

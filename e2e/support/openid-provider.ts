import type { Page } from "@playwright/test";
import { paths } from "#app/paths.ts";
import { type OpenIdProvider, openOpenIdProvider } from "#lib/services/testing/openid-provider.ts";

/** A real OpenID provider on the port that the product may reach from this worker. */
export function startOpenIdProvider(parallelIndex: number): Promise<OpenIdProvider> {
  const port = Number((process.env.E2E_OPENID_PORTS ?? "").split(",")[parallelIndex]);
  return openOpenIdProvider([`http://localhost:${process.env.E2E_PORT}${paths.api.signInCallback()}`], port);
}

/** Signs in on the provider's own page. */
export async function signInThere(page: Page, account: string): Promise<void> {
  await page.getByRole("textbox", { name: "Account" }).fill(account);
  await page.getByRole("button", { name: "Sign in there" }).click();
}

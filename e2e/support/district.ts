import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { type Answer, sis } from "#cli/sis/testing.ts";
import type { SafetySettings } from "#lib/roster/guard/settings.ts";

export interface SignIn {
  readonly email: string;
  readonly password: string;
}

/** A district of the test's own with its first admin. */
export interface OwnDistrict extends SignIn {
  readonly id: string;
  readonly name: string;
  readonly adminId: string;
}

/** The operator's command line, against the suite's database. What it prints, as JSON. */
export function command(...args: string[]): Promise<Answer["json"]> {
  return commandTrusting(process.env.AIVO_TRUSTED_SIS_ORIGINS ?? "", ...args);
}

async function commandTrusting(origins: string, ...args: string[]): Promise<Answer["json"]> {
  const variables = { AIVO_DATA_DIR: process.env.E2E_DATA_DIR ?? "", AIVO_TRUSTED_SIS_ORIGINS: origins };
  const answer = await sis(variables, ...args, "--json");
  if (answer.json?.error) throw new Error(`sis ${args.join(" ")}: ${JSON.stringify(answer.json.error)}`);
  return answer.json;
}

export async function newDistrict(name = "Lakeside Schools", timezone = "America/Chicago"): Promise<OwnDistrict> {
  const { id } = await command("district", "create", "--name", name, "--timezone", timezone);
  const email = `robin-${id}@lakeside.example`;
  const names = ["--given-name", "Robin", "--family-name", "Marsh"];
  const admin = await withPassword("admin", "create", "--district", id, "--email", email, ...names);
  return { id, name, adminId: admin.id, email, password: admin.password };
}

/** The command with a password of its own for whom it is about: a one-time one would have to be changed at the first sign-in. */
export async function withPassword(...args: string[]): Promise<Answer["json"] & { readonly password: string }> {
  const password = randomBytes(18).toString("base64url");
  const directory = await mkdtemp(join(tmpdir(), "aivo-password-"));
  try {
    await writeFile(join(directory, "password"), password, { mode: 0o600 });
    return { ...(await command(...args, "--password-from", join(directory, "password"))), password };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Waits until React answers for every control of the page: a click before that is lost. */
export async function awake(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll("a, button, input:not([type=hidden]), select")].every((one) =>
      Object.keys(one).some((key) => key.startsWith("__reactProps")),
    ),
  );
}

export async function fillSignIn(page: Page, { email, password }: SignIn): Promise<void> {
  await awake(page);
  await page.getByRole("textbox", { name: "Email" }).fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** The server may give up a connection that rested at the very moment in which it is used again; a browser asks anew by itself. */
export const maxRetries = 2;

/** Signs in as the form does and waits for the page that was asked for. The form itself is sign-in.spec.ts's: to draw it takes longer than all else. */
export async function signIn(page: Page, { email, password }: SignIn, address = "/"): Promise<void> {
  const { csrfToken } = await (await page.request.get("/api/auth/csrf", { maxRetries })).json();
  const form = { csrfToken, email, password, json: "true" };
  const answer = await page.request.post("/api/auth/callback/credentials", { form, maxRetries });
  expect(answer.status()).toBe(200);
  await page.goto(address);
  await expect(page).not.toHaveURL(/^https?:\/\/[^/]+\/sign-in/);
  await awake(page);
}

/** Somebody whom a sync brought in, with a password to sign in with. */
export async function passwordFor(district: OwnDistrict, role: "teacher" | "learner", email: string): Promise<SignIn> {
  const accounts: { id: string; email: string | null }[] = await command("account", "list", "--district", district.id, "--role", role);
  const account = accounts.find((one) => one.email === email);
  if (!account) throw new Error(`${email} is not in the roster`);
  return { email, password: (await withPassword("account", "set-password", account.id)).password };
}

export interface NewIntegration {
  readonly name: string;
  /** OneRoster CSV where left out. */
  readonly provider?: string;
  readonly credentials: object;
  readonly schedule?: string;
  /** The origin of a SIS other than the test's own. */
  readonly trusts?: string;
  readonly safety?: Partial<SafetySettings>;
}

/** Adds an integration; its credentials pass through a file, which is written at `path`. Without a pinned host key, it pins what it meets. */
export async function addIntegration(district: OwnDistrict, { trusts, ...integration }: NewIntegration, path: string): Promise<string> {
  await writeFile(path, JSON.stringify({ provider: "oneroster-csv", ...integration }), { mode: 0o600 });
  // The suite's own servers speak plain http on this machine.
  const { baseUrl } = integration.credentials as { readonly baseUrl?: string };
  const origins = [trusts ?? process.env.AIVO_TRUSTED_SIS_ORIGINS ?? "", ...(baseUrl ? [new URL(baseUrl).origin] : [])].join(",");
  const pin = trusts === undefined ? [] : ["--trust-host-key"];
  return (await commandTrusting(origins, "integration", "add", "--district", district.id, "--from", path, ...pin)).id;
}

import { randomInt } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { type DistrictScope, operatorScope } from "#lib/platform/access.ts";
import { districts } from "#lib/platform/db/schema/districts.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { createAdmin, setPassword } from "#lib/services/accounts/write.ts";
import { createDistrict } from "#lib/services/districts/write.ts";
import type { Services } from "#lib/services/services.ts";
import { demoIntegrations } from "./support/demo-integrations.ts";
import type { SandboxReady } from "./support/sandbox.ts";

export const demoRoles = ["admin", "teacher", "learner"] as const;
export type DemoRole = (typeof demoRoles)[number];

const SignIn = z.object({ email: z.string(), password: z.string() });
const SignIns = z.object({ admin: SignIn, teacher: SignIn, learner: SignIn });
export type DemoSignIns = z.infer<typeof SignIns>;

const districtName = "Cedar Falls Unified";

/**
 * Makes the demo district, or finds what is there: three people who can sign in, and an integration of each provider
 * with the sandbox. Their passwords are made for this copy and kept in `demo-sign-ins.json` of the data directory. Doing it again changes nothing, unless the
 * sandbox has moved to another port. The teacher and the learner are in the SIS's roster too: the first sync finds them by email.
 */
export async function seedDemo(services: Services, dataDirectory: string, sandbox: SandboxReady): Promise<DemoSignIns> {
  const scope = operatorScope(await demoDistrict(services));
  const signIns = await demoAccounts(services, scope, dataDirectory, sandbox);
  await demoIntegrations(services, scope, sandbox);
  return signIns;
}

async function demoDistrict(services: Services): Promise<string> {
  const [known] = await services.db.orm
    .select({ id: districts.id })
    .from(districts)
    .where(eq(districts.name, districtName))
    .orderBy(districts.createdAt)
    .limit(1);
  if (known) return known.id;
  return (await createDistrict(services, { name: districtName, timezone: "America/Chicago" })).id;
}

async function demoAccounts(services: Services, scope: DistrictScope, dataDirectory: string, sandbox: SandboxReady): Promise<DemoSignIns> {
  const path = join(dataDirectory, "demo-sign-ins.json");
  const people = {
    admin: { givenName: "Dana", familyName: "Whitfield", email: "admin@cedarfalls.example" },
    teacher: sandbox.people.teacher,
    learner: sandbox.people.learner,
  } as const;
  const kept = SignIns.safeParse(JSON.parse(await readFile(path, "utf8").catch(() => "null")));
  const ids = await Promise.all(demoRoles.map((role) => findAccount(services, scope, role, people[role].email)));
  if (kept.success && ids.every((id) => id !== null)) return kept.data;

  const signIns = {} as Record<DemoRole, z.infer<typeof SignIn>>;
  for (const [at, role] of demoRoles.entries()) {
    const password = kept.success ? kept.data[role].password : demoPassword();
    const id = ids[at] ?? (await makeAccount(services, scope, role, people[role], password));
    if (role !== "admin" || ids[at]) await setPassword(services, scope, id, password);
    signIns[role] = { email: people[role].email, password };
  }
  await writeFile(path, `${JSON.stringify(signIns, null, 2)}\n`, { mode: 0o600 });
  return signIns;
}

async function findAccount(services: Services, scope: DistrictScope, role: DemoRole, email: string): Promise<string | null> {
  return withDistrict(services.db, scope, async (tx) => {
    const own = and(eq(accounts.districtId, scope.districtId), eq(accounts.email, email), eq(accounts.role, role));
    const [account] = await tx.orm.select({ id: accounts.id }).from(accounts).where(own).orderBy(accounts.createdAt).limit(1);
    return account?.id ?? null;
  });
}

async function makeAccount(
  services: Services,
  scope: DistrictScope,
  role: DemoRole,
  person: { givenName: string; familyName: string; email: string },
  password: string,
): Promise<string> {
  if (role === "admin") return (await createAdmin(services, scope, { ...person, password })).id;
  return withDistrict(services.db, scope, async (tx) => {
    const [made] = await tx.orm
      .insert(accounts)
      .values({ districtId: scope.districtId, role, ...person })
      .returning({ id: accounts.id });
    if (!made) throw new Error("The demo account was not made");
    return made.id;
  });
}

const words = [
  "maple",
  "river",
  "chalk",
  "comet",
  "pencil",
  "harbor",
  "lantern",
  "meadow",
  "copper",
  "falcon",
  "granite",
  "willow",
  "ember",
  "orchid",
  "puzzle",
  "saddle",
] as const;

/** Easy to type, and another one in every copy. */
function demoPassword(): string {
  const left = [...words];
  const word = () => left.splice(randomInt(left.length), 1)[0];
  return `${word()}-${word()}-${word()}-${randomInt(1000, 10_000)}`;
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AvailableProvider } from "#lib/engine/sis/credentials.ts";
import type { Patience } from "#lib/engine/sis/patience.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { type SafetySettings, safetyOff } from "#lib/roster/guard/settings.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { requestPersonSync } from "#lib/services/runs/sync-person.ts";
import { requestRun } from "#lib/services/runs/write.ts";
import { newDistrict, type TestServices, testServices } from "#lib/services/testing/services.ts";
import { type CsvServer, startCsvServer } from "#sandbox/csv/server.ts";
import { VersionCalendar } from "#sandbox/district/habits.ts";
import { type DistrictOptions, type LiveDistrict, openDistrict } from "#sandbox/district/live.ts";
import { type OneRosterServer, type OneRosterServerOptions, startOneRosterServer } from "#sandbox/oneroster/server.ts";
import { type Sandbox, startSandbox } from "#sandbox/sandbox.ts";
import { type Ended, executeHere } from "./execute-run.ts";

const providers = ["oneroster-csv", "oneroster-rest", "classlink", "clever"] as const satisfies readonly AvailableProvider[];

/** The same, and OneRoster once more in its version 1.2. */
export const ways = [...providers, "oneroster-csv 1.2", "oneroster-rest 1.2"] as const;
export type Way = (typeof ways)[number];

export const providerOf = (way: Way): AvailableProvider =>
  way === "oneroster-csv 1.2" ? "oneroster-csv" : way === "oneroster-rest 1.2" ? "oneroster-rest" : way;

/** As an admin would enter them. */
const credentialsOf = {
  csv: ({ host, port, credentials }: CsvServer): Record<string, unknown> => ({ host, port, ...credentials }),
  rest: ({ url, credentials }: OneRosterServer): Record<string, unknown> => ({ baseUrl: url, ...credentials }),
};

/** Test-only: one sandbox district behind all four protocols, OneRoster in both versions, and Aivo beside it, on one clock. */
export interface FourProviders {
  readonly kit: TestServices;
  readonly sandbox: Sandbox;
  readonly district: LiveDistrict;
  /** Lets time pass for everybody: services, sources and the sandbox's servers. */
  pass(milliseconds: number): void;
  newDistrict(): Promise<string>;
  add(districtId: string, way: Way, safety?: SafetySettings): Promise<string>;
  /** OneRoster 1.2 of one of `vendors`. */
  addVendor(districtId: string, vendor: string, provider: "oneroster-csv" | "oneroster-rest"): Promise<string>;
  /** A whole sync in this process, or one of a person alone. `patience` shortens what a source waits for. */
  sync(districtId: string, integrationId: string, patience?: Partial<Patience>, person?: string): Promise<Ended>;
  /** Executes a run that was asked for. */
  execute(districtId: string, runId: string, patience?: Partial<Patience>): Promise<Ended>;
  /** The roster without any id, in a stable order. */
  roster(districtId: string): Promise<readonly string[]>;
  /** The same without what is deactivated: who came and went between two reads of one provider is not known to it. */
  activeRoster(districtId: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** `vendors`: other ways of speaking OneRoster 1.2, by name. */
export async function startFourProviders(
  options: DistrictOptions,
  vendors: Readonly<Record<string, Partial<OneRosterServerOptions>>> = {},
): Promise<FourProviders> {
  const folder = await mkdtemp(join(tmpdir(), "aivo-four-"));
  let time = Date.UTC(2026, 10, 24, 8);
  const now = () => new Date(time);
  const district = openDistrict({ ...options, now });
  const sandbox = await startSandbox({ district, directory: join(folder, "export") });
  const { csv, oneRoster, classLink, clever } = sandbox;
  sandbox.clever.authorization.authorize();
  const versions = new VersionCalendar("1.2");
  const later = async (name: string, more: Partial<OneRosterServerOptions>) => {
    const common = { district, faults: sandbox.faults, versions, ...more };
    return {
      csv: await startCsvServer({
        ...common,
        versions: common.versions instanceof VersionCalendar ? common.versions : versions,
        directory: join(folder, name),
      }),
      rest: await startOneRosterServer(common),
    };
  };
  const { csv: csv12, rest: oneRoster12 } = await later("export-1.2", {});
  const others = new Map<string, Awaited<ReturnType<typeof later>>>();
  for (const [name, more] of Object.entries(vendors)) others.set(name, await later(name, more));
  const servers = [{ csv: csv12, rest: oneRoster12 }, ...others.values()];
  const origins = [
    `sftp://${csv.host}:${csv.port}`,
    ...servers.flatMap((one) => [`sftp://${one.csv.host}:${one.csv.port}`, new URL(one.rest.url).origin]),
    ...[oneRoster.url, classLink.proxy.url, classLink.direct.url, clever.apiUrl, clever.authUrl].map((url) => new URL(url).origin),
  ];
  const kit = await testServices({
    now,
    variables: {
      AIVO_DATA_DIR: join(folder, "data"),
      AIVO_TRUSTED_SIS_ORIGINS: origins.join(","),
      CLEVER_API_URL: clever.apiUrl,
      CLEVER_AUTH_URL: clever.authUrl,
      CLASSLINK_PROXY_URL: classLink.proxy.url,
    },
  });
  const { partnerKey, tenantId } = classLink.proxy.credentials;
  const credentials: Record<Way, Record<string, unknown>> = {
    "oneroster-csv 1.2": credentialsOf.csv(csv12),
    "oneroster-rest 1.2": credentialsOf.rest(oneRoster12),
    "oneroster-csv": credentialsOf.csv(csv),
    "oneroster-rest": credentialsOf.rest(oneRoster),
    classlink: { clientId: "aivo", clientSecret: partnerKey, tenantId },
    clever: { ...clever.credentials },
  };
  const roster = async (districtId: string) => {
    const rows = await kit.services.db.sql<{ line: string }[]>`
        with
          s as (select id, name from schools where district_id = ${districtId}),
          t as (select id, name || ' ' || begin_date as name from terms where district_id = ${districtId}),
          c as (select c.*, s.name as school from classrooms c join s on s.id = c.school_id where c.district_id = ${districtId}),
          lines as (
            select jsonb_build_array('school', name, number, status, (select jsonb_agg(g order by g) from unnest(case when s.grades <> '{}' then s.grades else
                array(select distinct a.grade from accounts a where a.district_id = s.district_id and a.role = 'learner' and a.status = 'active' and s.id = any(a.school_ids)) end) g)) as line
              from schools s where district_id = ${districtId}
            union all select jsonb_build_array('term', name, type, begin_date, end_date, school_year, status) from terms where district_id = ${districtId}
            union all select jsonb_build_array('course', name, code, subjects, grades, status) from courses where district_id = ${districtId}
            union all select jsonb_build_array('classroom', c.name, c.code, c.class_type, c.subjects, c.grades, c.periods, c.school, k.name, c.status,
                (select jsonb_agg(t.name order by t.name) from t where t.id = any(c.term_ids)))
              from c left join courses k on k.district_id = c.district_id and k.id = c.course_id
            union all select jsonb_build_array('account', role, given_name, middle_name, family_name, email, username, grade, student_number, status,
                (select jsonb_agg(s.name order by s.name) from s where s.id = any(a.school_ids)))
              from accounts a where a.district_id = ${districtId}
            union all select jsonb_build_array('membership', c.school, c.name, c.code, a.email, a.username, m.role, m.begin_date, m.end_date, m.status)
              from memberships m join c on c.id = m.classroom_id join accounts a on a.district_id = m.district_id and a.id = m.account_id
              where m.district_id = ${districtId})
        select line::text as line from lines order by 1`;
    return rows.map((row) => row.line);
  };
  const execute = (districtId: string, runId: string, patience: Partial<Patience> = {}): Promise<Ended> =>
    executeHere(kit, join(folder, "spool"), districtId, runId, patience);
  const added = async (
    districtId: string,
    name: string,
    provider: AvailableProvider,
    entered: Record<string, unknown>,
    safety: SafetySettings,
  ): Promise<string> => {
    const integration = { name, provider, credentials: entered, schedule: null, safety };
    return (await addIntegration(kit.services, operatorScope(districtId), integration)).id;
  };
  return {
    kit,
    execute,
    sandbox,
    district,
    pass: (milliseconds) => {
      time += milliseconds;
    },
    newDistrict: () => newDistrict(kit.services.db),
    add: (districtId, way, safety = safetyOff) => added(districtId, way, providerOf(way), credentials[way], safety),
    addVendor: (districtId, vendor, provider) => {
      const of = others.get(vendor);
      if (!of) throw new Error(`there is no vendor ${vendor}`);
      return added(
        districtId,
        vendor,
        provider,
        provider === "oneroster-csv" ? credentialsOf.csv(of.csv) : credentialsOf.rest(of.rest),
        safetyOff,
      );
    },
    sync: async (districtId, integrationId, patience = {}, person) => {
      const scope = operatorScope(districtId);
      const requested = await (person === undefined
        ? requestRun(kit.services, scope, integrationId, { trigger: "manual" })
        : requestPersonSync(kit.services, scope, integrationId, person, { trigger: "manual" }));
      if (!requested.ok) throw new Error(`not requested: ${requested.reason}`);
      return execute(districtId, requested.runId, patience);
    },
    roster,
    activeRoster: async (districtId) => (await roster(districtId)).filter((line) => !line.includes('"deactivated"')),
    close: async () => {
      await Promise.all([sandbox, ...servers.flatMap((one) => [one.csv, one.rest])].map((server) => server.close()));
      await kit.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

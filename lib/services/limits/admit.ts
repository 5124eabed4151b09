import type { AnyScope, ReachScope } from "#lib/platform/access.ts";
import { beginDownload } from "#lib/platform/csv/downloads.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { counter } from "#lib/platform/metrics.ts";
import type { Services } from "#lib/services/services.ts";

/**
 * What costs much, or takes much away, and how often it may be asked for within a window: by one admin or program, and by a district together.
 * Far above what somebody does by hand; a script, or a session in wrong hands, meets it.
 */
export const actLimits = {
  export: { perOne: 60, perDistrict: 240, windowMinutes: 60, done: "downloads" },
  test: { perOne: 40, perDistrict: 120, windowMinutes: 15, done: "tests of connections" },
  run: { perOne: 60, perDistrict: 240, windowMinutes: 60, done: "requests for syncs and previews" },
} as const;
export type Act = keyof typeof actLimits;

const refused = counter({
  name: "aivo_limited_total",
  help: "Downloads, tests and requests for syncs that were refused, since there had been too many",
  labelNames: ["act", "by"],
});

/**
 * Counts an act, by the database's clock, in a statement of its own, so that all web servers count together and a request that fails afterwards
 * counts too. What is refused to one counts for nobody else. Workers and the operator are not counted.
 * @throws ServiceError `limited` with when it may be tried again
 */
export async function admitAct({ db }: Pick<Services, "db">, { actor, districtId }: AnyScope | ReachScope<never>, act: Act): Promise<void> {
  const who = actor.kind === "account" ? actor.accountId : actor.kind === "program" ? actor.clientId : null;
  if (who === null) return;
  const { perOne, perDistrict, windowMinutes } = actLimits[act];
  const subjects = { one: `${act}:${who}`, district: `${act}:district` };
  // Citus takes no now() where a row is there already, nor in what is returned.
  const isOver = db.sql`excluded.window_started_at - act_rates.window_started_at >= make_interval(mins => ${windowMinutes})`;
  const again = db.sql`
    acts = case when ${isOver} then 1 else act_rates.acts + 1 end,
    window_started_at = case when ${isOver} then excluded.window_started_at else act_rates.window_started_at end`;
  // One statement after the other: the district's row is everybody's, and is not held while one waits for their own.
  const count = async (subject: string) => {
    const [row] = await db.sql<{ acts: number }[]>`
      insert into act_rates (district_id, subject, window_started_at, acts) values (${districtId}, ${subject}, now(), 1)
      on conflict (district_id, subject) do update set ${again}
      returning acts`;
    return row?.acts ?? 1;
  };
  const secondsLeft = async (subject: string) => {
    const [row] = await db.sql<{ seconds: number }[]>`
      select ceil(extract(epoch from window_started_at + make_interval(mins => ${windowMinutes}) - now()))::int as seconds
      from act_rates where district_id = ${districtId} and subject = ${subject}`;
    return Math.max(1, row?.seconds ?? 1);
  };
  for (const [by, most] of [
    ["one", perOne],
    ["district", perDistrict],
  ] as const) {
    if ((await count(subjects[by])) <= most) continue;
    refused.inc({ act, by });
    const seconds = await secondsLeft(subjects[by]);
    throw new ServiceError("limited", wordsOf(act, by, seconds), {}, seconds);
  }
}

/**
 * Counts a download among what leaves, and as under way until what is returned is disposed of.
 * @throws ServiceError `limited`, `conflict` when the account has too many under way
 */
export async function openDownload(services: Pick<Services, "db">, scope: ReachScope<never>): Promise<Disposable> {
  await admitAct(services, scope, "export");
  return beginDownload(scope);
}

function wordsOf(act: Act, by: "one" | "district", seconds: number): string {
  const { perOne, perDistrict, windowMinutes, done } = actLimits[act];
  const minutes = Math.max(1, Math.ceil(seconds / 60));
  const whose = by === "one" ? `You have made ${perOne} ${done}` : `Your district has made ${perDistrict} ${done}`;
  const within = windowMinutes === 60 ? "an hour" : `${windowMinutes} minutes`;
  return `${whose} within ${within}, which is the most. The next one is possible in ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`;
}

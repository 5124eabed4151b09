/** Test Connection: from the name to a sample of each list. Reads a little, changes nothing. */

import { connectionSteps, need, type Outcome, runSteps, type Step } from "#lib/engine/sis/check.ts";
import { sampleRecords } from "#lib/engine/sis/sample.ts";
import type { CheckStep, SourceContext } from "#lib/engine/sis/source.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import type { RawRecord } from "#lib/roster/raw.ts";
import { ask, type CleverApi } from "./client.ts";
import { newestEvent } from "./events.ts";
import { type CleverConnection, doubtAboutDistrict, openApi, openHttp, readDistrict } from "./open.ts";
import { collectionOf, type Kind, kinds, mayBeBlank, toggles, version } from "./quirks.ts";
import { courseFields, enrollmentsIn, membersOf, type RawFields, readUser, schoolFields, sectionFields, termFields } from "./to-raw.ts";
import { readListPage, type WireObject } from "./wire.ts";

const judged = 100;

/** @throws RunCancelled only */
export async function* checkConnection(connection: CleverConnection, context: SourceContext): AsyncGenerator<CheckStep> {
  const http = openHttp(context, connection);
  const { credentials, hosts } = connection;
  let api: CleverApi | null = null;
  let sections: readonly WireObject[] = [];
  const steps: readonly Step[] = [
    ...connectionSteps(new URL(hosts.cleverApiUrl), http.connect, context.now),
    {
      id: "sign-in",
      name: "Authorization",
      run: async () => {
        try {
          api = await openApi(http, connection);
        } catch (error) {
          if (credentials.accessToken === undefined && error instanceof RunFailure && error.code === "authorization-expired")
            return waiting;
          throw error;
        }
        return { evidence: [`Clever is asked with ${api.tokens.describe()}.`] };
      },
    },
    { id: "district", name: "District", run: () => district(need(api), credentials.districtId) },
    ...kinds.map(
      (kind): Step => ({
        id: `list-${kind}`,
        name: names[kind],
        isIndependent: true,
        run: async () => {
          const { objects, outcome } = await list(need(api), kind);
          if (kind === "sections") sections = objects;
          return outcome;
        },
      }),
    ),
    {
      id: "list-enrollments",
      name: "Enrollments, from the sections",
      isIndependent: true,
      run: async () =>
        sampled(
          "enrollments",
          "/sections",
          sections.slice(0, 5).flatMap((section) => enrollmentsIn(membersOf(section))),
          enrollmentColumns,
        ),
    },
    { id: "events", name: "Events, for reading changes alone", isIndependent: true, run: () => events(need(api)) },
  ];
  try {
    yield* runSteps(steps);
  } finally {
    http.close();
  }
}

/** Before the district has agreed, the application's credentials are all that can be tested, and they are right. */
const waiting: Outcome = {
  state: "failed",
  waitsFor: "authorization",
  evidence: ["Clever accepts the client ID and secret."],
  cause: "Clever has no authorization for Aivo to read this district yet, or it was withdrawn.",
  remedy: "Save, then choose Authorize with Clever on the integration's page; a district admin of Clever agrees there, once.",
};

const names: Record<Kind, string> = {
  schools: "Schools",
  terms: "Terms",
  courses: "Courses",
  sections: "Sections",
  users: "Students, teachers and others",
};

async function district(api: CleverApi, districtId: string): Promise<Outcome> {
  const found = await readDistrict(api, districtId);
  const evidence = [
    `The token is for district ${found.id}${found.name ? ` (${found.name})` : ""}, as configured.`,
    ...(found.state ? [`State of its sync in Clever: ${found.state}.`] : []),
    ...(found.last_sync ? [`Last synced by Clever at ${found.last_sync.slice(0, 16).replace("T", " ")} UTC.`] : []),
  ];
  const doubt = doubtAboutDistrict(found);
  if (doubt === null) return { evidence };
  return {
    state: "warning",
    evidence,
    cause: doubt,
    remedy: "Aivo reads what is there and withdraws nobody until Clever's sync runs again.",
  };
}

async function list(api: CleverApi, kind: Kind): Promise<{ objects: readonly WireObject[]; outcome: Outcome }> {
  const answer = await ask(api, { uri: `${version}/${kind}?limit=${judged}&count=true`, what: kind, page: 1 });
  const { objects, count, next } = readListPage(answer);
  const outcome = sampled(
    collectionOf[kind],
    `/${kind}`,
    objects.map((object) => fieldsOf[kind](object)),
    columns[kind],
  );
  const total = count ?? (next === null ? objects.length : null);
  const found = total === null ? "More than one page; Clever states no count." : `${total.toLocaleString("en-US")} in all.`;
  if (objects.length > 0 || kind === "terms" || kind === "courses")
    return { objects, outcome: { ...outcome, evidence: [found, ...outcome.evidence] } };
  return {
    objects,
    outcome: {
      state: "failed",
      evidence: [found],
      cause: `Clever shows Aivo no ${kind}; a sync would refuse to run.`,
      remedy: toggles[kind],
    },
  };
}

function sampled(collection: Collection, part: string, fields: readonly RawFields[], shown: readonly string[]): Outcome {
  const records = fields.map((one, index): RawRecord => ({ place: { part, position: index + 1 }, fields: one }));
  return sampleRecords({ collection, part, columns: shown, records, isOnePage: true, noun: "records", mayBeBlank: mayBeBlank[collection] });
}

async function events(api: CleverApi): Promise<Outcome> {
  const newest = await newestEvent(api);
  if (newest.isOn && newest.id !== null) return { evidence: ["Clever keeps events; between full reads, a sync reads only what changed."] };
  if (newest.isOn) return { evidence: ["Events are open to Aivo, and there is none yet. Until the first, each sync reads everything."] };
  return {
    state: "warning",
    evidence: ["Clever gives Aivo no events."],
    cause: "Each sync reads everything, which takes longer and is just as right.",
    remedy: toggles.events,
  };
}

const fieldsOf: Record<Kind, (object: WireObject) => RawFields> = {
  schools: schoolFields,
  terms: termFields,
  courses: courseFields,
  sections: sectionFields,
  users: (object) => readUser(object).fields,
};

const columns: Record<Kind, readonly string[]> = {
  schools: ["sourcedId", "name", "identifier", "grades"],
  terms: ["sourcedId", "title", "startDate", "endDate", "schoolYear"],
  courses: ["sourcedId", "title", "courseCode"],
  sections: ["sourcedId", "title", "classCode", "subjects", "grades", "periods", "courseSourcedId", "schoolSourcedId", "termSourcedIds"],
  users: ["sourcedId", "role", "givenName", "middleName", "familyName", "email", "grades", "identifier", "orgSourcedIds"],
};
const enrollmentColumns = ["sourcedId", "classSourcedId", "userSourcedId", "role", "primary"];

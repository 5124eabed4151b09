/** Test-only: a small server of OneRoster 1.2, strict in what it takes, with what vendors do as switches. */
import type { IncomingMessage } from "node:http";
import { type JsonReply, serveJson } from "./rest.ts";

export const laterRoot = "/ims/oneroster/rostering/v1p2";
const formerRoot = "/ims/oneroster/v1p1";
const prefix = "https://purl.imsglobal.org/spec/or/v1p2/scope/";

type Wire = Readonly<Record<string, unknown>>;
export type LaterCollection = "orgs" | "academicSessions" | "courses" | "classes" | "users" | "enrollments";

export interface LaterRole {
  readonly roleType?: string;
  readonly role: string | null;
  readonly org: string;
  readonly beginDate?: string;
  readonly endDate?: string;
}

const stamp = "2026-09-01T02:00:00.000Z";
const base = (sourcedId: string, more: Wire): Wire => ({ sourcedId, status: "active", dateLastModified: stamp, metadata: {}, ...more });
const ref = (type: string, sourcedId: string) => ({ href: `/${type}s/${sourcedId}`, sourcedId, type });

/** A person as the 1.2 wire has one; `more` overrides. */
export function wireUser(sourcedId: string, name: string, roles: readonly LaterRole[] | null | undefined, more: Wire = {}): Wire {
  return base(sourcedId, {
    enabledUser: "true",
    username: name.toLowerCase(),
    givenName: name,
    familyName: "East",
    identifier: `n-${sourcedId}`,
    email: `${name.toLowerCase()}@lakeside.example`,
    grades: roles?.some(({ role }) => role === "student") ? ["09"] : [],
    password: "planted-password",
    userProfiles: [
      {
        profileId: "urn:p",
        vendorId: "v",
        profileType: "x",
        credentials: [{ type: "t", username: "planted-name", password: "planted-password" }],
      },
    ],
    pronouns: "planted-pronouns",
    ...(roles === undefined ? {} : { roles: roles?.map(wireRole) ?? null }),
    ...more,
  });
}

const wireRole = ({ roleType = "primary", role, org, ...dates }: LaterRole) => ({
  roleType,
  role,
  org: ref("org", org),
  userProfile: "planted-profile",
  ...dates,
});

/** The district of `validLaterSet`, ids and all. */
export function laterDistrict(): Record<LaterCollection, readonly Wire[]> {
  return {
    orgs: [
      base("d1", { name: "Lakeside District", type: "district", identifier: "1000" }),
      base("s1", { name: "North School", type: "school", identifier: "1001", parent: ref("org", "d1") }),
      base("s2", { name: "South School", type: "school", identifier: "1002", parent: ref("org", "d1") }),
    ],
    academicSessions: [
      base("y27", { title: "2026-2027", type: "schoolYear", startDate: "2026-08-15", endDate: "2027-06-10", schoolYear: "2027" }),
      base("t1", {
        title: "Fall",
        type: "term",
        startDate: "2026-08-15",
        endDate: "2026-12-20",
        schoolYear: "2027",
        parent: ref("academicSession", "y27"),
      }),
    ],
    courses: [base("co1", { title: "Algebra I", courseCode: "ALG1", grades: ["09"], subjects: ["Mathematics"], org: ref("org", "d1") })],
    classes: [wireClass("c1", "Algebra I - 1", "s1", ["t1"]), wireClass("c2", "Algebra I - 2", "s2", ["t1", "y27"])],
    users: [
      wireUser("u1", "Ada", [{ role: "teacher", org: "s1" }]),
      wireUser("u2", "Ben", [
        { role: "teacher", org: "s1" },
        { role: "teacher", org: "s2", roleType: "secondary" },
      ]),
      wireUser("u3", "Cleo", [{ role: "student", org: "s1" }]),
      wireUser("u4", "Dara", [{ role: "student", org: "s1" }]),
      wireUser("u5", "Eli", [{ role: "student", org: "s2" }]),
    ],
    enrollments: [
      wireEnrollment("e1", "c1", "s1", "u1", "teacher", { primary: "true" }),
      wireEnrollment("e2", "c2", "s2", "u2", "teacher", { primary: "true" }),
      wireEnrollment("e3", "c1", "s1", "u3", "student", { beginDate: "2026-08-15", endDate: "2026-12-20" }),
      wireEnrollment("e4", "c1", "s1", "u4", "student"),
      wireEnrollment("e5", "c2", "s2", "u5", "student"),
    ],
  };
}

function wireClass(sourcedId: string, title: string, school: string, terms: readonly string[]): Wire {
  return base(sourcedId, {
    title,
    classCode: title,
    classType: "scheduled",
    course: ref("course", "co1"),
    school: ref("org", school),
    terms: terms.map((term) => ref("academicSession", term)),
  });
}

export function wireEnrollment(sourcedId: string, room: string, school: string, user: string, role: string, more: Wire = {}): Wire {
  return base(sourcedId, { role, class: ref("class", room), school: ref("org", school), user: ref("user", user), ...more });
}

export interface LaterVendorOptions {
  readonly district?: () => Record<LaterCollection, readonly Wire[]>;
  /** Roots that answer; 1.2's alone by default. With 1.1's, its people have a role and orgs. */
  readonly versions?: readonly ("1.1" | "1.2")[];
  readonly root?: string;
  /** Which scopes are granted; all that are asked for must be among them. By default both of 1.2. */
  readonly scopes?: readonly string[];
  /** Path and query of the token address. */
  readonly token?: string;
  /** Records a page at most, clamped without a word, and without a total. */
  readonly clamp?: number;
  /** Instead of what the server would say. */
  readonly answer?: (url: URL, request: IncomingMessage) => JsonReply | undefined;
}

const failure = (minor: string) => ({
  imsx_codeMajor: "failure",
  imsx_severity: "error",
  imsx_description: "planted-description",
  imsx_CodeMinor: { imsx_codeMinorField: [{ imsx_codeMinorFieldName: "TargetEndSystem", imsx_codeMinorFieldValue: minor }] },
});

const tokens = { later: "t0ken-s3cret", former: "f0rmer-s3cret" };
const tokenFor = (scope: string) => (scope.includes("v1p1") ? tokens.former : tokens.later);

/** Grants tokens for client `id` and secret `s3cret`, and refuses what 1.2 does not have. */
export async function startLaterVendor(options: LaterVendorOptions = {}) {
  const { versions = ["1.2"], token = "/token", scopes = [`${prefix}roster-core.readonly`, `${prefix}roster.readonly`] } = options;
  const roots = [...(versions.includes("1.2") ? [options.root ?? laterRoot] : []), ...(versions.includes("1.1") ? [formerRoot] : [])];
  const server = await serveJson(
    (request, url, body) => {
      const special = options.answer?.(url, request);
      if (special !== undefined) return special;
      if (`${url.pathname}${url.search}` === token) {
        const form = new URLSearchParams(body);
        const wanted = (form.get("scope") ?? "").split(" ").filter(Boolean);
        if (request.headers.authorization !== `Basic ${Buffer.from("id:s3cret").toString("base64")}`)
          return { status: 401, body: { error: "invalid_client" } };
        if (!wanted.every((scope) => scopes.includes(scope))) return { status: 400, body: { error: "invalid_scope" } };
        return {
          body: { access_token: tokenFor(form.get("scope") ?? ""), token_type: "bearer", expires_in: 3600, scope: wanted.join(" ") },
        };
      }
      const root = roots.find((one) => url.pathname.startsWith(`${one}/`));
      if (root === undefined) return { status: 404, body: failure("unknownobject") };
      const given = request.headers.authorization;
      const isFormer = root === formerRoot;
      if (given !== `Bearer ${tokens.later}` && given !== `Bearer ${tokens.former}`)
        return { status: 401, body: failure("unauthorisedrequest") };
      if (given !== `Bearer ${isFormer ? tokens.former : tokens.later}`) return { status: 403, body: failure("forbidden") };
      return answerOf((options.district ?? laterDistrict)(), {
        path: url.pathname.slice(root.length + 1),
        url,
        clamp: options.clamp,
        isFormer,
      });
    },
    { hasLater: true },
  );
  return server;
}

interface Asked {
  readonly path: string;
  readonly url: URL;
  readonly clamp: number | undefined;
  readonly isFormer: boolean;
}

function answerOf(district: Record<LaterCollection, readonly Wire[]>, { path, url, clamp, isFormer }: Asked): JsonReply {
  const [name = "", id] = path.split("/").map(decodeURIComponent);
  if (!(name in district)) return { status: 404, body: failure("unknownobject") };
  const all = district[name as LaterCollection].map((one) => (isFormer && name === "users" ? formerUser(one) : one));
  if (id !== undefined) {
    const one = all.find(({ sourcedId }) => sourcedId === id);
    const key =
      { orgs: "org", classes: "class", courses: "course", users: "user", enrollments: "enrollment", academicSessions: "academicSession" }[
        name
      ] ?? name;
    return one === undefined ? { status: 404, body: failure("unknownobject") } : { body: { [key]: one } };
  }
  const shown = all.filter((one) => fits(one, url.searchParams.get("filter")));
  const limit = Math.min(Number(url.searchParams.get("limit") ?? 100), clamp ?? 10_000);
  const offset = Number(url.searchParams.get("offset") ?? 0);
  if (!(limit >= 1)) return { status: 400, body: failure("invaliddata") };
  return {
    headers: clamp === undefined ? { "x-total-count": String(shown.length) } : {},
    body: { [name]: shown.slice(offset, offset + limit) },
  };
}

function fits(one: Wire, filter: string | null): boolean {
  const [, field = "", operator = "", value = ""] = /^([\w.]+)(>=|=)'(.*)'$/.exec(filter ?? "") ?? [];
  if (field === "dateLastModified" && operator === ">=") return Date.parse(String(one.dateLastModified)) >= Date.parse(value);
  if (field === "user.sourcedId") return (one.user as Wire).sourcedId === value;
  return true;
}

function formerUser({ roles, ...user }: Wire): Wire {
  const all = (roles ?? []) as readonly { readonly role: string; readonly org: unknown }[];
  return { ...user, role: all[0]?.role, orgs: all.map(({ org }) => org) };
}

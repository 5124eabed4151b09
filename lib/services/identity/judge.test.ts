import { expect, test } from "vitest";
import { type Claims, type Expected, judgeClaims, lacks } from "./judge.ts";
import { presetNames, presets } from "./presets-schema.ts";
import { ProviderInput } from "./schema.ts";

const tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const byEmail: Expected = { preset: "other", tenant: null, matchBy: "email", sisIdClaim: null };
const bySis: Expected = { ...byEmail, matchBy: "sis-id", sisIdClaim: "pupil" };
const claims = (over: Claims = {}): Claims => ({ sub: "s", email: "Lee@X.example", email_verified: true, ...over });
const reasonOf = (told: Claims, expected: Expected) => {
  const judged = judgeClaims(told, expected);
  return judged.ok ? judged.who : judged.reason;
};

test("an address counts in lower case, and only when it is verified in the provider's own way", () => {
  expect(reasonOf(claims(), byEmail)).toEqual({ subject: "s", email: "lee@x.example", sisId: null, authenticatedAt: null });
  for (const email_verified of [false, "true", 1, null, undefined, {}])
    expect(reasonOf(claims({ email_verified }), byEmail), String(email_verified)).toBe("unverified");
  for (const email of [undefined, null, 1, ["lee@x.example"], "", "no address", "a@b@c", "a b@x.example", `${"a".repeat(320)}@x.example`])
    expect(reasonOf(claims({ email }), byEmail)).toBe("unverified");
  const entra: Expected = { ...byEmail, preset: "entra", tenant };
  for (const xms_edov of [true, 1, "1", "true"]) expect(reasonOf(claims({ tid: tenant, xms_edov }), entra)).toMatchObject({ subject: "s" });
  for (const xms_edov of [undefined, false, 0, "0", "yes"]) expect(reasonOf(claims({ tid: tenant, xms_edov }), entra)).toBe("unverified");
});

test("when somebody showed who they are is whole seconds, or not told", () => {
  expect(reasonOf(claims({ auth_time: 1_795_000_000 }), byEmail)).toMatchObject({ authenticatedAt: new Date(1_795_000_000_000) });
  for (const auth_time of [undefined, null, "1795000000", 1.5, Number.NaN, {}])
    expect(reasonOf(claims({ auth_time }), byEmail)).toMatchObject({ authenticatedAt: null });
});

test("of each preset only the tenant that is pinned, and never nothing", () => {
  for (const preset of presetNames) {
    const { tenant: pinned } = presets[preset];
    if (pinned === null) continue;
    const expected: Expected = { ...byEmail, preset, tenant, matchBy: "email" };
    for (const told of [undefined, null, "", "another", {}, 0])
      expect(reasonOf(claims({ [pinned.claim]: told, xms_edov: true }), expected), preset).toBe("other-tenant");
    expect(reasonOf(claims({ [pinned.claim]: tenant.toUpperCase(), xms_edov: true }), expected), preset).toMatchObject({ subject: "s" });
    // A provider that lost its tenant lets nobody in.
    expect(reasonOf(claims({ xms_edov: true }), { ...expected, tenant: null }), preset).toBe("other-tenant");
  }
});

test("an id of the SIS is a text or a number, with its claim in any case; what is none is nobody", () => {
  for (const [told, sisId] of [
    ["u1", "u1"],
    [" u1 ", "u1"],
    [17, "17"],
  ] as const)
    expect(reasonOf({ sub: "s", Pupil: told }, bySis)).toEqual({ subject: "s", email: null, sisId, authenticatedAt: null });
  for (const pupil of [undefined, null, "", " ", {}, ["u1"], 1.5, Number.NaN, "u".repeat(256)])
    expect(reasonOf({ sub: "s", pupil }, bySis), String(pupil)).toBe("no-sis-id");
});

test("without a subject nobody is anybody", () => {
  for (const sub of [undefined, null, "", 7, "s".repeat(256)]) expect(reasonOf(claims({ sub }), byEmail)).toBe("not-valid");
});

test("userinfo is asked for what the token lacks", () => {
  expect(lacks(claims(), byEmail)).toBe(false);
  expect(lacks({ sub: "s", email: "a@b.c" }, byEmail)).toBe(true);
  expect(lacks({ sub: "s" }, bySis)).toBe(true);
  expect(lacks({ sub: "s", pupil: "u1" }, bySis)).toBe(false);
});

test("presets fill in their issuer, and what matches by nothing but one thing is matched so", () => {
  const input = { label: "x", clientId: "a", clientSecret: "b", tenant: ` ${tenant.toUpperCase()} `, matchBy: "sis-id" } as const;
  expect(ProviderInput.parse({ ...input, preset: "entra", issuer: "https://evil.example" })).toMatchObject({
    issuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
    tenant,
    matchBy: "email",
    sisIdClaim: null,
  });
  const integrationId = "018f0000-0000-7000-8000-000000000000";
  expect(ProviderInput.parse({ ...input, preset: "clever", integrationId, sisIdClaim: "evil" })).toMatchObject({
    issuer: "https://clever.com",
    matchBy: "sis-id",
    sisIdClaim: "multi_role_user_id",
  });
});

import { expect, test } from "vitest";
import { providerIds } from "#lib/engine/sis/providers.ts";
import { credentialsOf, editsOf, nothingBeside, problemsOf, problemsOfEdits, valuesOf, withoutStored } from "./credential-values.ts";
import { fieldsOf } from "./provider-fields.ts";
import { availableProviders } from "./provider-words.ts";

const config = { baseUrl: "https://sis.example.org", clientId: "aivo", scopes: "roster", learned: { signature: "HMAC-SHA1" } };
const stored = { config, secretsSet: ["clientSecret"] };
const rest = valuesOf("oneroster-rest", stored);

test("every field of a form is one that its provider takes, and an empty form says what is missing", () => {
  for (const provider of availableProviders) {
    const problems = problemsOf(provider, credentialsOf(provider, valuesOf(provider), nothingBeside)) ?? {};
    for (const { name, required } of fieldsOf(provider)) expect(name in problems, `${provider}: ${name}`).toBe(required === true);
    expect(Object.keys(problems).length, provider).toBeGreaterThan(0);
  }
});

test("providers are offered in the order of the product's own list", () => {
  expect(availableProviders).toEqual(providerIds.filter((provider) => availableProviders.some((one) => one === provider)));
});

test("a stored form shows again what is no secret, and sends a secret only when it is typed", () => {
  expect(rest).toMatchObject({ baseUrl: config.baseUrl, clientId: "aivo", clientSecret: "", signature: "" });
  const edits = editsOf("oneroster-rest", { ...rest, scopes: "" }, nothingBeside, stored.secretsSet);
  expect(edits).toMatchObject({ baseUrl: config.baseUrl, scopes: "" });
  expect(edits).not.toHaveProperty("clientSecret");
  expect(edits).not.toHaveProperty("learned");
  expect(problemsOfEdits("oneroster-rest", edits, stored)).toBeNull();
});

test("of a stored connection only what is changed is sent, and a host key with its machine", () => {
  const fingerprint = `SHA256:${"a".repeat(43)}`;
  const sftp = {
    config: { host: "sftp.example.org", port: 22, username: "aivo", directory: "/", hostKeyFingerprint: fingerprint },
    secretsSet: ["password"],
  };
  const values = valuesOf("oneroster-csv", sftp);
  const sent = (edit: object) =>
    withoutStored(editsOf("oneroster-csv", { ...values, ...edit }, { fingerprint, found: {} }, sftp.secretsSet), sftp.config);
  expect(sent({})).toEqual({});
  expect(sent({ directory: "/drop" })).toEqual({ directory: "/drop" });
  expect(sent({ host: "files.example.org", password: "p" })).toEqual({
    host: "files.example.org",
    password: "p",
    hostKeyFingerprint: fingerprint,
  });
  expect(sent({ method: "key", privateKey: "KEY" })).toEqual({ password: null, privateKey: "KEY" });
  const cleared = editsOf("oneroster-rest", { ...rest, scopes: "" }, nothingBeside, stored.secretsSet);
  expect(withoutStored(cleared, config)).toEqual({ scopes: "" });
});

test("a choice under Advanced comes before what the test found out", () => {
  const beside = { fingerprint: null, found: { signature: "HMAC-SHA256", authentication: "oauth1" } };
  const { learned } = editsOf("oneroster-rest", { ...rest, signature: "HMAC-SHA1" }, beside, stored.secretsSet);
  expect(learned).toEqual({ signature: "HMAC-SHA1", authentication: "oauth1" });
});

test("a stored secret that would go somewhere new has to be typed again", () => {
  const moved = { ...rest, baseUrl: "https://elsewhere.example.org" };
  const problems = problemsOfEdits("oneroster-rest", editsOf("oneroster-rest", moved, nothingBeside, stored.secretsSet), stored);
  expect(problems?.clientSecret).toContain("with Base URL changed");
  const typed = editsOf("oneroster-rest", { ...moved, clientSecret: "s" }, nothingBeside, stored.secretsSet);
  expect(problemsOfEdits("oneroster-rest", typed, stored)).toBeNull();
});

test("the way of signing in that was given up takes its secret with it", () => {
  const sftp = { config: { host: "sftp.example.org", port: 22, username: "aivo", directory: "/" }, secretsSet: ["password"] };
  const values = { ...valuesOf("oneroster-csv", sftp), method: "key", privateKey: "KEY" };
  expect(editsOf("oneroster-csv", values, nothingBeside, sftp.secretsSet)).toMatchObject({ password: null, privateKey: "KEY" });
});

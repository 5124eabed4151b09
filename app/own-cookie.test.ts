import { expect, test } from "vitest";
import { authorizationCookie } from "./authorization-cookie.ts";
import { ownCookie } from "./own-cookie.ts";

test.each([
  ["https://aivo.example", "__Host-aivo-session", true],
  ["http://localhost:3000", "aivo-session", false],
])("a cookie of %s is what browsers hold to this host, where they do", (publicUrl, name, secure) => {
  expect(ownCookie({ publicUrl }, "aivo-session")).toEqual({ name, secure, httpOnly: true, sameSite: "lax", path: "/" });
});

test("that of an authorization is the same, and ends", () => {
  const env = { publicUrl: "https://aivo.example" };
  expect(authorizationCookie(env, "secret")).toMatchObject({ name: "__Host-aivo-authorization", value: "secret", maxAge: 600 });
  expect(authorizationCookie(env, "").maxAge).toBe(0);
});

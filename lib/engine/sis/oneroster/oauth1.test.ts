import { expect, test } from "vitest";
import { type SignatureMethod, signRequest } from "./oauth1.ts";

const url = new URL("https://sis.example/ims/oneroster/v1p1/users?filter=familyName%3D%27O%20Neil%27&limit=2");
const sign = (method: SignatureMethod, target = url) =>
  signRequest("GET", target, { consumerKey: "ck", consumerSecret: "s&1", method, nonce: "abc123", timestamp: 1_700_000_000 });
const signatureIn = (header: string) => decodeURIComponent(/oauth_signature="([^"]+)"/.exec(header)?.[1] ?? "");

test("signs as oauthlib does, with a filter whose quotes must be encoded", () => {
  expect(signatureIn(sign("HMAC-SHA1"))).toBe("RG5GIS55KtRI5FA8fytUYThADh8=");
  expect(signatureIn(sign("HMAC-SHA256"))).toBe("nbhMQvhbJrfFTaV70eYJ6D5CqsVrfKxqULVYZNmTS3Y=");
});

test("leaves the scheme's own port out, and keeps escapes of the path", () => {
  expect(sign("HMAC-SHA1", new URL("HTTPS://SIS.Example:443/ims/oneroster/v1p1/users?limit=2&filter=familyName%3D%27O%20Neil%27"))).toBe(
    sign("HMAC-SHA1"),
  );
  const escaped = sign("HMAC-SHA1", new URL("https://sis.example/Ab%2FcD%3D/orgs"));
  expect(escaped).not.toBe(sign("HMAC-SHA1", new URL("https://sis.example/Ab/cD=/orgs")));
});

test("sends no token, not even an empty one", () => {
  expect(sign("HMAC-SHA1")).not.toContain("oauth_token");
  expect(sign("HMAC-SHA1")).toMatch(/^OAuth oauth_consumer_key="ck", /);
});

import { expect, test } from "vitest";
import { signatureOf } from "./oauth1.ts";
import { parseQuery } from "./query.ts";

test.each([
  ["HMAC-SHA1", "RG5GIS55KtRI5FA8fytUYThADh8="],
  ["HMAC-SHA256", "nbhMQvhbJrfFTaV70eYJ6D5CqsVrfKxqULVYZNmTS3Y="],
] as const)("%s signs as oauthlib does", (method, signature) => {
  const query = parseQuery("filter=familyName%3D%27O%20Neil%27&limit=2") ?? [];
  const oauth = [
    ["oauth_consumer_key", "ck"],
    ["oauth_nonce", "abc123"],
    ["oauth_timestamp", "1700000000"],
    ["oauth_signature_method", method],
    ["oauth_version", "1.0"],
  ] as const;
  const request = { method: "GET", origin: "https://sis.example", path: "/ims/oneroster/v1p1/users", query };
  expect(signatureOf(request, oauth, "s&1", method)).toBe(signature);
});

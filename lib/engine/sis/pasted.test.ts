import { expect, test } from "vitest";
import { credentialForms } from "./credentials.ts";

const pastes = (value: string) => [`\u200b${value}\ufeff`, `\u00a0 ${value}\r\n`, `\u2060${value}\u200d`];
const plain = {
  clever: { clientId: "c1", clientSecret: "s1", districtId: "0123456789abcdef01234567", accessToken: "t1" },
  classlink: { clientId: "c1", clientSecret: "s1", tenantId: "lakeside" },
  "oneroster-rest": { baseUrl: "https://sis.example.org/ims/oneroster/v1p1", clientId: "c1", clientSecret: "s1", scopes: "roster" },
  "oneroster-csv": { host: "sftp.example.org", username: "aivo", privateKey: "KEY", passphrase: "opens it", directory: "/drop" },
} as const;

test("what nobody sees around a pasted credential is no part of it, in any field of any provider", () => {
  for (const [provider, values] of Object.entries(plain) as [keyof typeof plain, Record<string, string>][]) {
    const { schema } = credentialForms[provider];
    const expected = schema.parse(values);
    for (const [field, value] of Object.entries(values)) {
      const around = field === "passphrase" ? [`\u200b${value}\ufeff`, `${value}\r\n`] : pastes(value);
      for (const pasted of around) expect(schema.parse({ ...values, [field]: pasted }), `${provider}: ${field}`).toEqual(expected);
    }
  }
});

test("a password may end in a space, and nothing but what cannot be seen is no value", () => {
  const { schema } = credentialForms["oneroster-csv"];
  const { host, username } = plain["oneroster-csv"];
  expect(schema.parse({ host, username, password: " two words " })).toMatchObject({ password: " two words " });
  expect(schema.safeParse({ host: "\u200b", username, password: "p" }).error?.issues[0]?.message).toBe("Host is missing");
});

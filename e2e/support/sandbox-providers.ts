import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The sandbox district's OneRoster, ClassLink and Clever, which the suite starts together with the product. */
export interface SandboxProviders {
  readonly oneRoster: { readonly baseUrl: string; readonly clientId: string; readonly clientSecret: string };
  readonly classLink: {
    readonly tenantId: string;
    readonly partnerKey: string;
    readonly direct: { readonly serverUrl: string; readonly clientId: string; readonly clientSecret: string };
  };
  readonly clever: { readonly clientId: string; readonly clientSecret: string; readonly districtId: string; readonly signInUrl: string };
  /** What somebody does on the sandbox's own page: "clever-withdraw", "clever-authorize". */
  act(name: string): Promise<void>;
  /** Breaks a server as its control page does (docs/sandbox.md), until it is mended or so many requests have met it. */
  break(fault: Readonly<Record<string, string | number>>): Promise<void>;
  /** Lets school days pass. */
  advance(days: number): Promise<void>;
}

export async function sandboxProviders(): Promise<SandboxProviders> {
  const kept = async (name: string) =>
    JSON.parse(await readFile(join(process.env.E2E_DATA_DIR ?? "", "sandbox", name), "utf8")) as Record<string, string>;
  const [ports, secrets] = await Promise.all([kept("ports.json"), kept("secrets.json")]);
  const at = (name: string) => `http://127.0.0.1:${ports[name]}`;
  const secret = (name: string) => secrets[name] ?? "";
  const control = async (verb: string, input: object) => {
    const response = await fetch(`${at("control")}/api/${verb}`, { method: "POST", body: JSON.stringify(input) });
    if (!response.ok) throw new Error(`the sandbox refuses ${verb}: ${await response.text()}`);
  };
  return {
    oneRoster: { baseUrl: at("oneroster"), clientId: "aivo-client", clientSecret: secret("oneRoster") },
    classLink: {
      tenantId: "77",
      partnerKey: secret("classLinkPartner"),
      direct: { serverUrl: at("classlinkDirect"), clientId: "district-key", clientSecret: secret("classLinkDirect") },
    },
    clever: {
      clientId: "aivo-clever",
      clientSecret: secret("clever"),
      districtId: await cleverDistrict(at("cleverApi"), secret("cleverToken")),
      signInUrl: at("cleverAuth"),
    },
    act: (name) => control("action", { name }),
    break: (fault) => control("break", fault),
    advance: (days) => control("advance", { days }),
  };
}

/** As Clever itself tells whoever has the first token; a token that was renewed since tells it no more. */
async function cleverDistrict(apiUrl: string, token: string): Promise<string> {
  const response = await fetch(`${apiUrl}/v3.0/districts`, { headers: { authorization: `Bearer ${token}` } });
  const body = (await response.json()) as { readonly data?: readonly { readonly data: { readonly id: string } }[] };
  return body.data?.[0]?.data.id ?? "";
}

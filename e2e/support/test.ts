import { test as base, expect } from "@playwright/test";
import { addIntegration, awake, command, type NewIntegration, newDistrict, type OwnDistrict, signIn } from "./district.ts";
import { type OwnSis, type SisServer, startSis } from "./own-sis.ts";

/** What a browser may complain about in one test, because the test provokes it. */
export interface Complaints {
  expect(pattern: RegExp): void;
}

interface Fixtures {
  readonly complaints: Complaints;
  /** The district's, from its first moment: a worker that looks at the calendar before a test moves it has noted that day. */
  readonly timezone: string | undefined;
  readonly district: OwnDistrict;
  readonly ownSis: OwnSis;
  /** Adds an integration of the district with its own SIS; resolves to its id. */
  readonly connect: (options?: Partial<Omit<NewIntegration, "credentials">>) => Promise<string>;
  /** Signs the district's admin in on `page` and opens the address. */
  readonly open: (address: string) => Promise<void>;
}

/** Playwright's test with a district for each test. Whatever a page says to the console as an error fails it. */
export const test = base.extend<Fixtures, { readonly sisServer: SisServer }>({
  complaints: [
    async ({ context }, use) => {
      const heard: string[] = [];
      const expected: RegExp[] = [];
      context.on("console", (message) => void (message.type() === "error" && heard.push(`${message.text()} (${message.location().url})`)));
      context.on("weberror", (error) => void heard.push(error.error().message));
      await use({ expect: (pattern) => void expected.push(pattern) });
      expect(heard.filter((text) => !expected.some((pattern) => pattern.test(text)))).toEqual([]);
    },
    { auto: true },
  ],
  page: async ({ page }, use) => {
    const { goto, reload } = page;
    page.goto = async (...args) => {
      const response = await goto.apply(page, args);
      await awake(page);
      return response;
    };
    page.reload = async (...args) => {
      const response = await reload.apply(page, args);
      await awake(page);
      return response;
    };
    await use(page);
  },
  timezone: [undefined, { option: true }],
  district: async ({ timezone }, use) => use(await newDistrict(undefined, timezone)),
  sisServer: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures that are asked for from the pattern
    async ({}, use, { parallelIndex }) => {
      const port = Number((process.env.E2E_SFTP_PORTS ?? "").split(",")[parallelIndex]);
      const server = await startSis(port);
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
  ownSis: async ({ sisServer, district }, use) => {
    const own = sisServer.directory(district.id);
    await use(own);
    own.answer();
  },
  connect: async ({ district, ownSis }, use, testInfo) => {
    let count = 0;
    await use((options) => {
      count += 1;
      const integration = { name: "Lakeside SIS", credentials: ownSis.credentials, ...options };
      return addIntegration(district, integration, testInfo.outputPath(`integration-${count}.json`));
    });
  },
  open: async ({ page, district }, use) => use((address) => signIn(page, district, address)),
});

/** Runs a sync on the command line and waits for its success. Resolves to the run's id. */
export async function sync(integrationId: string): Promise<string> {
  const run = await command("sync", "run", integrationId, "--wait");
  expect(run.state).toBe("succeeded");
  return run.id;
}

export { expect };

import type { BrowserContext, Page } from "@playwright/test";

/** What one page weighs and how long it takes, as Chromium saw it. */
export interface PageWeight {
  readonly page: string;
  /** Milliseconds from asking to the first byte; the median of the visits. */
  readonly ttfb: number;
  /** Milliseconds to the largest contentful paint; the median of the visits. */
  readonly lcp: number;
  /** Kilobytes (1,000 bytes) of all scripts that the page loads, as they come over the wire. */
  readonly scripts: number;
  /** Kilobytes of the document, over the wire and unpacked. */
  readonly html: number;
  readonly htmlUnpacked: number;
}

/**
 * Opens an address several times, each with an empty cache, and says what it took. Nothing is pressed: what a page loads only then is not
 * counted, and what it fetches ahead for other pages is counted as long as it comes before the page is still.
 */
export async function weighPage(context: BrowserContext, name: string, address: string, visits = 3): Promise<PageWeight> {
  const page = await context.newPage();
  try {
    const session = await context.newCDPSession(page);
    await session.send("Network.setCacheDisabled", { cacheDisabled: true });
    const seen: Visit[] = [];
    for (let n = 0; n < visits; n++) seen.push(await visit(page, address));
    const last = seen.at(-1);
    if (last === undefined) throw new RangeError("A page is visited at least once");
    const { scripts, html, htmlUnpacked } = last;
    return {
      page: name,
      ttfb: median(seen.map((one) => one.ttfb)),
      lcp: median(seen.map((one) => one.lcp)),
      scripts: kilobytes(scripts),
      html: kilobytes(html),
      htmlUnpacked: kilobytes(htmlUnpacked),
    };
  } finally {
    await page.close();
  }
}

const stillMs = 5000;

type Visit = Omit<PageWeight, "page">;

async function visit(page: Page, address: string): Promise<Visit> {
  const response = await page.goto(address, { waitUntil: "load" });
  // A page that asks for news all the time is never still.
  await page.waitForLoadState("networkidle", { timeout: stillMs }).catch(() => undefined);
  if (response?.ok() !== true) throw new Error(`${address} answered ${response?.status() ?? "nothing"}`);
  return { ...(await page.evaluate(measured)), htmlUnpacked: (await response.body()).length };
}

/** Runs in the page. */
async function measured(): Promise<Omit<Visit, "htmlUnpacked">> {
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const lcp = await new Promise<number>((resolve) => {
    new PerformanceObserver((list) => resolve(list.getEntries().at(-1)?.startTime ?? 0)).observe({
      type: "largest-contentful-paint",
      buffered: true,
    });
    setTimeout(() => resolve(0), 2000);
  });
  const resources = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
  const scripts = resources.filter(({ name }) => new URL(name).pathname.endsWith(".js"));
  return {
    ttfb: (navigation?.responseStart ?? 0) - (navigation?.requestStart ?? 0),
    lcp,
    scripts: scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    html: navigation?.encodedBodySize ?? 0,
  };
}

const kilobytes = (bytes: number) => Math.round(bytes / 100) / 10;

/** Rounded to whole numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
}

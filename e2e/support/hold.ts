import type { Page } from "@playwright/test";

/** Keeps what the page asks for by these addresses from being answered; all of it goes on once the function that comes back is called. */
export async function hold(page: Page, addresses: Parameters<Page["route"]>[0], options?: { readonly times: number }): Promise<() => void> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await page.route(
    addresses,
    async (route) => {
      await released;
      await route.continue();
    },
    options,
  );
  return release;
}

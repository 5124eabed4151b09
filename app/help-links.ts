import { paths } from "./paths.ts";

/**
 * Where a link of a page of the documentation leads in the portal: to the same page there, to another site, or nowhere: what it names of the
 * product's source is not served.
 */
export function helpHref(page: string, href: string): string | null {
  if (/^https?:/.test(href)) return href;
  const url = URL.parse(href, `http://docs.invalid/docs/${page}`);
  const [, target] = url?.pathname.match(/^\/docs\/(.+)\.md$/) ?? [];
  if (href.startsWith("#")) return href;
  return url === null || target === undefined ? null : paths.help(target, url.hash.slice(1));
}

/** Where its picture is served; null: it is no picture of the documentation. */
export function helpImageHref(page: string, href: string): string | null {
  const [, name] = URL.parse(href, `http://docs.invalid/docs/${page}`)?.pathname.match(/^\/docs\/images\/([^/]+)$/) ?? [];
  return name === undefined ? null : paths.api.helpImage(name);
}

import type { Metadata } from "next";
import { pageResult } from "#app/errors.ts";
import { documentation } from "#app/help.ts";
import { helpHref, helpImageHref } from "#app/help-links.ts";
import { paths } from "#app/paths.ts";
import { addressOfPage, reachPage } from "#app/session.ts";
import { Contents } from "#components/help/contents.tsx";
import { Markdown } from "#components/help/markdown.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { helpPage, helpPages } from "#lib/services/help/read.ts";

interface Props {
  readonly params: Promise<{ readonly page: readonly string[] }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const name = (await params).page.join("/");
  const page = (await helpPages(documentation)).find((one) => one.page === name);
  return { title: page === undefined ? "Help" : `${page.title} · Help` };
}

export default async function HelpArticlePage({ params }: Props) {
  await reachPage("read-roster");
  const name = (await params).page.join("/");
  const page = await pageResult(await addressOfPage(), () => helpPage(documentation, name));
  const entries = (await helpPages(documentation)).map(({ page: one, title, group }) => ({ page: one, title, group }));
  return (
    <div className="grid gap-x-12 gap-y-between lg:grid-cols-[13rem_minmax(0,1fr)]">
      <div className="max-lg:order-2 max-lg:border-t max-lg:border-line max-lg:pt-6 lg:sticky lg:top-20 lg:max-h-[calc(100dvh-6rem)] lg:self-start lg:overflow-y-auto lg:pl-2">
        <Contents entries={entries} hrefOf={paths.help} current={name} />
      </div>
      <article className="grid min-w-0 content-start gap-6">
        <PageHeader title={page.title} breadcrumbs={[{ label: "Help", href: paths.help() }]} />
        <Markdown tokens={page.tokens} hrefOf={(href) => helpHref(name, href)} imageOf={(href) => helpImageHref(name, href)} />
      </article>
    </div>
  );
}

import type { Metadata } from "next";
import { documentation } from "#app/help.ts";
import { paths } from "#app/paths.ts";
import { reachPage } from "#app/session.ts";
import { Contents } from "#components/help/contents.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { helpPages } from "#lib/services/help/read.ts";

export const metadata: Metadata = { title: "Help" };

export default async function HelpPage() {
  await reachPage("read-roster");
  const entries = (await helpPages(documentation)).map(({ page, title, group }) => ({ page, title, group }));
  return (
    <>
      <PageHeader title="Help" lead="What every issue and question means, how to set a provider up, and how the product works." />
      <Contents entries={entries} hrefOf={paths.help} current={null} />
    </>
  );
}

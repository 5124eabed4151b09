import type { Metadata } from "next";
import { connection } from "next/server";
import { NoticePage } from "#components/shell/notice-page.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { paths } from "./paths.ts";

export const metadata: Metadata = { title: "Not found" };

export default async function NotFound() {
  // Rendered for each request: a page made at build time would lack the nonce that its scripts need.
  await connection();
  return (
    <NoticePage
      code="Not found (404)"
      title="There is nothing at this address"
      actions={
        <LinkButton variant="primary" href={paths.root()}>
          Go to the start page
        </LinkButton>
      }
    >
      The link may be old, or what it led to may have been removed after its retention period.
    </NoticePage>
  );
}

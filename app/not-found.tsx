import type { Metadata } from "next";
import { connection } from "next/server";
import { NoticePage } from "#components/shell/notice-page.tsx";
import { looks } from "#components/ui/button-looks.ts";
import { paths } from "./paths.ts";

export const metadata: Metadata = { title: "Not found" };

/** Loaded with every page, as Forbidden is: a plain link here, or the code of links would come twice. */
export default async function NotFound() {
  // Rendered for each request: a page made at build time would lack the nonce that its scripts need.
  await connection();
  return (
    <NoticePage
      code="Not found (404)"
      title="There is nothing at this address"
      actions={
        <a href={paths.root()} className={looks({ variant: "primary" })}>
          Go to the start page
        </a>
      }
    >
      The link may be old, or what it led to may have been removed after its retention period.
    </NoticePage>
  );
}

import type { Metadata } from "next";
import { NoticePage } from "#components/shell/notice-page.tsx";
import { SignOutOnDemand } from "#components/shell/sign-out-on-demand.tsx";
import { looks } from "#components/ui/button-looks.ts";
import { paths } from "./paths.ts";

export const metadata: Metadata = { title: "Not for this account" };

/** Loaded with every page, for the one that refuses somebody: plain links, so that it weighs next to nothing. */
export default function Forbidden() {
  return (
    <NoticePage
      code="Access denied (403)"
      title="Your role does not include this page"
      actions={
        <>
          <SignOutOnDemand to={paths.signIn()} label="Sign in with another account" className={looks({})} />
          <a href={paths.root()} className={looks({ variant: "primary" })}>
            Go to my start page
          </a>
        </>
      }
    >
      You are signed in, but this page is for other roles than yours. If you need it, ask a district admin of your district.
    </NoticePage>
  );
}

import type { Metadata } from "next";
import { NoticePage } from "#components/shell/notice-page.tsx";
import { SignOutButton } from "#components/shell/sign-out.tsx";
import { looks } from "#components/ui/button-looks.ts";
import { paths } from "./paths.ts";

export const metadata: Metadata = { title: "Not for this account" };

/** Loaded with every page, for the one that refuses somebody: plain links, so that it weighs next to nothing. */
export default function Forbidden() {
  return (
    <NoticePage
      code="Access denied (403)"
      title="Only district admins can open this page"
      actions={
        <>
          <SignOutButton to={paths.signIn()} label="Sign in with another account" className={looks({})} />
          <a href={paths.home()} className={looks({ variant: "primary" })}>
            Go to my classrooms
          </a>
        </>
      }
    >
      You are signed in, but your account is not a district admin’s. If you need access, ask your district’s Aivo administrator.
    </NoticePage>
  );
}

import type { Metadata } from "next";
import { NoticePage } from "#components/shell/notice-page.tsx";
import { SignOutButton } from "#components/shell/sign-out.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { paths } from "./paths.ts";

export const metadata: Metadata = { title: "Not for this account" };

export default function Forbidden() {
  return (
    <NoticePage
      code="Access denied (403)"
      title="Only district admins can open this page"
      actions={
        <>
          <SignOutButton to={paths.signIn()} label="Sign in with another account" />
          <LinkButton variant="primary" href={paths.home()}>
            Go to my classrooms
          </LinkButton>
        </>
      }
    >
      You are signed in, but your account is not a district admin’s. If you need access, ask your district’s Aivo administrator.
    </NoticePage>
  );
}

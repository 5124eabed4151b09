import { paths } from "#app/paths.ts";
import { NoticePage } from "#components/shell/notice-page.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";

/** What somebody finds in the portal at a page that is for other roles; the menu of the account signs out. */
export default function Forbidden() {
  return (
    <NoticePage
      framed
      code="Access denied (403)"
      title="Your role does not include this page"
      actions={
        <LinkButton variant="primary" href={paths.root()}>
          Go to my start page
        </LinkButton>
      }
    >
      This page is for other roles than yours. If you need it, ask a district admin of your district.
    </NoticePage>
  );
}

import { paths } from "#app/paths.ts";
import { allowed } from "#app/session.ts";
import { NoticePage } from "#components/shell/notice-page.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";

export default async function NotFound() {
  const hasToday = (await allowed())("read-syncs");
  return (
    <NoticePage
      framed
      code="Not found (404)"
      title="There is nothing at this address"
      actions={
        <LinkButton variant="primary" href={hasToday ? paths.overview() : paths.roster()}>
          {hasToday ? "Go to Today" : "Go to the roster"}
        </LinkButton>
      }
    >
      The link may be old, may belong to another district, or what it led to was removed after its retention period.
    </NoticePage>
  );
}

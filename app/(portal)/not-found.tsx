import { paths } from "#app/paths.ts";
import { NoticePage } from "#components/shell/notice-page.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";

export default function NotFound() {
  return (
    <NoticePage
      framed
      code="Not found (404)"
      title="There is nothing at this address"
      actions={
        <LinkButton variant="primary" href={paths.overview()}>
          Go to Today
        </LinkButton>
      }
    >
      The link may be old, may belong to another district, or what it led to was removed after its retention period.
    </NoticePage>
  );
}

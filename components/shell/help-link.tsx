import { RowLink } from "#components/ui/row-link.tsx";

/** The way to the product's own documentation, from every page. */
export function HelpLink({ href }: { readonly href: string }) {
  return (
    <RowLink href={href} className="rounded-md px-2 py-2 text-small text-muted hover:bg-sunken hover:text-ink">
      Help
    </RowLink>
  );
}

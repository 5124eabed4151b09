import Link from "next/link";

/** Where people's pages are, by id; admins have none. */
export type Hrefs = Readonly<Record<string, string>>;

export const PersonName = ({ name, href }: { readonly name: string; readonly href: string | undefined }) =>
  href === undefined ? (
    name
  ) : (
    <Link href={href} className="text-link">
      {name}
    </Link>
  );

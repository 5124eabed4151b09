import type { Token, Tokens } from "marked";
import Link from "next/link";
import { Fragment, type ReactNode } from "react";

export interface MarkdownProps {
  /** Headings among them have an `anchor`: the id that links lead to. */
  readonly tokens: readonly Token[];
  /** Where a link of the documentation leads; null: nowhere in the portal, so that its words stand alone. */
  readonly hrefOf: (href: string) => string | null;
  /** Where a picture of the documentation is served; null: it is not one of them. */
  readonly imageOf: (href: string) => string | null;
}

type Links = Omit<MarkdownProps, "tokens">;

/** A page of Markdown as elements. HTML in it is left out. */
export function Markdown({ tokens, ...links }: MarkdownProps) {
  return (
    <div className="grid max-w-[46rem] min-w-0 gap-4 text-sm leading-relaxed [&>*]:min-w-0">
      {each(tokens, (token) => (
        <Block token={token} links={links} />
      ))}
    </div>
  );
}

function each(tokens: readonly Token[], render: (token: Token) => ReactNode): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: a page's tokens never change their order
  return tokens.map((token, index) => <Fragment key={index}>{render(token)}</Fragment>);
}

interface BlockProps {
  readonly token: Token;
  readonly links: Links;
}

function Block({ token, links }: BlockProps) {
  switch (token.type) {
    case "heading":
      return <Heading token={token as Tokens.Heading & { anchor?: string }} links={links} />;
    case "paragraph":
      return (
        <p>
          <Inline tokens={token.tokens ?? []} links={links} />
        </p>
      );
    case "text":
      return <Inline tokens={token.tokens ?? [token]} links={links} />;
    case "code":
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways is reached by the keyboard
        <pre tabIndex={0} className="overflow-x-auto rounded-md bg-sunken px-4 py-3 font-mono text-small leading-5">
          <code>{token.text}</code>
        </pre>
      );
    case "list":
      return <List token={token as Tokens.List} links={links} />;
    case "table":
      return <Table token={token as Tokens.Table} links={links} />;
    case "blockquote":
      return (
        <blockquote className="grid gap-2 border-l-2 border-line pl-4 text-muted">
          {each(token.tokens ?? [], (one) => (
            <Block token={one} links={links} />
          ))}
        </blockquote>
      );
    case "hr":
      return <hr className="border-line" />;
    default:
      return null;
  }
}

function Heading({ token, links }: { readonly token: Tokens.Heading & { anchor?: string }; readonly links: Links }) {
  const Level = token.depth <= 2 ? "h2" : token.depth === 3 ? "h3" : "h4";
  const look = { h2: "mt-6 border-b border-line pb-2 text-title", h3: "mt-4 text-head", h4: "mt-2 font-strong" }[Level];
  return (
    <Level id={token.anchor} className={`${look} break-words target:text-accent`}>
      <Inline tokens={token.tokens} links={links} />
    </Level>
  );
}

function List({ token, links }: { readonly token: Tokens.List; readonly links: Links }) {
  const Kind = token.ordered ? "ol" : "ul";
  return (
    <Kind
      className={`grid gap-1.5 pl-5 ${token.ordered ? "list-decimal" : "list-disc"} marker:text-muted`}
      {...(token.ordered && typeof token.start === "number" ? { start: token.start } : {})}
    >
      {token.items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a list's items never change their order
        <li key={index} className="break-words [&>*+*]:mt-2">
          {each(item.tokens, (one) => (
            <Block token={one} links={links} />
          ))}
        </li>
      ))}
    </Kind>
  );
}

function Table({ token, links }: { readonly token: Tokens.Table; readonly links: Links }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways is reached by the keyboard
    <div tabIndex={0} className="overflow-x-auto">
      <table className="w-full text-left text-small">
        <thead>
          <tr className="border-b border-line">
            {token.header.map((cell, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns never change their order
              <th key={index} scope="col" className="py-2 pr-4 align-bottom font-medium text-muted">
                <Inline tokens={cell.tokens} links={links} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {token.rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows never change their order
            <tr key={at} className="border-b border-line align-top">
              {row.map((cell, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns never change their order
                <td key={index} className="py-2 pr-4">
                  <Inline tokens={cell.tokens} links={links} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Inline({ tokens, links }: { readonly tokens: readonly Token[]; readonly links: Links }) {
  return each(tokens, (token) => <Phrase token={token} links={links} />);
}

function Phrase({ token, links }: { readonly token: Token; readonly links: Links }): ReactNode {
  const inner = "tokens" in token && token.tokens ? <Inline tokens={token.tokens} links={links} /> : null;
  switch (token.type) {
    case "strong":
      return <strong className="font-strong">{inner}</strong>;
    case "em":
      return <em>{inner}</em>;
    case "del":
      return <del>{inner}</del>;
    case "codespan":
      return <code className="rounded-sm bg-sunken px-1 py-0.5 font-mono text-[0.8125rem] break-words">{token.text}</code>;
    case "br":
      return <br />;
    case "link":
      return <DocLink href={links.hrefOf(token.href)}>{inner}</DocLink>;
    case "image": {
      const source = links.imageOf(token.href);
      // biome-ignore lint/performance/noImgElement: pictures of the product itself, served as they are
      return source === null ? null : <img src={source} alt={token.text} className="h-auto max-w-full rounded-md border border-line" />;
    }
    case "html":
      return null;
    default:
      return inner ?? ("text" in token ? String(token.text) : null);
  }
}

function DocLink({ href, children }: { readonly href: string | null; readonly children: ReactNode }) {
  if (href === null) return children;
  return /^https?:/.test(href) ? (
    <a href={href} rel="noreferrer" className="text-link">
      {children}
    </a>
  ) : (
    <Link href={href} className="text-link">
      {children}
    </Link>
  );
}

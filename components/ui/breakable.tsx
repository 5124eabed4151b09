import { Fragment } from "react";

/** Text that is broken after the @ of an address where it has to be broken, not within a word. */
export function Breakable({ children }: { readonly children: string }) {
  const [first = "", ...rest] = children.split("@");
  return (
    <>
      {first}
      {rest.map((part, nth) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text, in their order
        <Fragment key={nth}>
          @<wbr />
          {part}
        </Fragment>
      ))}
    </>
  );
}

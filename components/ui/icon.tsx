import type { ComponentProps } from "react";
import type { IconName } from "./icon-names.ts";

/** Browsers keep it for good (next.config.ts): with other icons in it, it has another version. icon-sprite.test.ts says which. */
export const sprite = "/icon-sprite.svg?v=731b4582";

/** An icon is drawn from one file for all pages, so that none of them carries it in its script. Decoration, unless it has a label. */
export function Icon({ name, ...rest }: { readonly name: IconName } & Omit<ComponentProps<"svg">, "name">) {
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: hidden from whoever listens, or named by its label
    <svg
      aria-hidden={rest["aria-label"] === undefined || undefined}
      width="24"
      height="24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      {...rest}
    >
      <use href={`${sprite}#${name}`} />
    </svg>
  );
}

import { type ComponentType, createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { iconNames } from "#components/ui/icon-names.ts";

/** public/icon-sprite.svg: each icon that the portal uses as a symbol, as Lucide draws it. */
export async function iconSprite(): Promise<string> {
  const symbols = await Promise.all(
    iconNames.map(async (name) => {
      const lucide: { readonly default: ComponentType } = await import(`lucide-react/dist/esm/icons/${name}.mjs`);
      const lines = /^<svg[^>]*>(.*)<\/svg>$/.exec(renderToStaticMarkup(createElement(lucide.default)))?.[1];
      if (lines === undefined) throw new Error(`Lucide draws no ${name}`);
      return `<symbol id="${name}" viewBox="0 0 24 24">${lines}</symbol>`;
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

/** `node app/icon-sprite.ts > public/icon-sprite.svg` draws it again after a change of icon-names.ts. */
if (import.meta.main) process.stdout.write(await iconSprite());

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sprite } from "#components/ui/icon.tsx";
import { iconNames } from "#components/ui/icon-names.ts";
import { iconSprite } from "./icon-sprite.ts";

const root = join(import.meta.dirname, "..");

describe("public/icon-sprite.svg", () => {
  const kept = readFileSync(join(root, "public/icon-sprite.svg"), "utf8");

  it("has every icon as Lucide draws it (else: node app/icon-sprite.ts > public/icon-sprite.svg)", async () => {
    expect(kept).toBe(await iconSprite());
  });

  it("is asked for by the version of what is in it, since browsers keep it for good", () => {
    expect(sprite).toBe(`/icon-sprite.svg?v=${createHash("sha256").update(kept).digest("hex").slice(0, 8)}`);
  });

  it("has no icon that no page uses, and no page brings icons of its own", () => {
    const sources = ["app", "components"].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((path) => /\.tsx?$/.test(path) && !/icon-(names|sprite)/.test(path))
        .map((path) => readFileSync(join(root, folder, path), "utf8")),
    );
    expect(iconNames.filter((name) => !sources.some((source) => source.includes(`"${name}"`)))).toEqual([]);
    expect(sources.filter((source) => source.includes("lucide-react"))).toEqual([]);
  });
});

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { knownCommands } from "#cli/sis/command-line.ts";
import { rolesDocument } from "./roles-doc.ts";

const written = () => readFileSync(new URL("../docs/roles.md", import.meta.url), "utf8");

test("docs/roles.md is what the tables say (else: node app/roles-doc.ts > docs/roles.md)", async () => {
  expect(written()).toBe(rolesDocument(await knownCommands()));
});

test("every command of the command line is in it, and says what it does", async () => {
  const commands = await knownCommands();
  expect(commands.length).toBeGreaterThan(80);
  for (const { words, says } of commands) {
    expect(says, words).not.toBe("");
    expect(written()).toContain(`\`${words.replaceAll("|", "\\|")}\``);
  }
});

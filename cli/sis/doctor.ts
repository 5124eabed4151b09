import { Command } from "commander";
import { existingProductEnvironment } from "#cli/support/product-environment.ts";
import { parseEnv } from "#lib/platform/env.ts";
import { misspelt } from "#lib/platform/misspelt.ts";
import { examine } from "#lib/services/monitoring/doctor.ts";
import { type Finding, failed, ok, warning } from "#lib/services/monitoring/finding.ts";
import { openServices } from "#lib/services/services.ts";
import { isJson } from "./context.ts";
import { describe, print, table } from "./output.ts";
import { invocationOf, type Terminal } from "./terminal.ts";

interface Options {
  readonly sis: boolean;
}

export function doctorCommand(): Command {
  return new Command("doctor")
    .option("--no-sis", "do not ask any SIS")
    .description("look at everything an installation needs, and say what is wrong and how to mend it; exits with 1 where something failed")
    .action(async (options: Options, command: Command) => {
      const invocation = invocationOf(command);
      const findings = await diagnose(invocation.terminal, options);
      const isWell = findings.every(({ state }) => state !== "failed");
      invocation.exitCode = isWell ? 0 : 1;
      if (isJson(command)) return print(invocation.terminal, JSON.stringify({ ok: isWell, findings }, null, 2));
      await print(invocation.terminal, linesOf(findings).join("\n"));
    });
}

/** What cannot be opened is told like everything else: that is what one calls a doctor for. */
async function diagnose(terminal: Terminal, { sis }: Options): Promise<readonly Finding[]> {
  const findings: Finding[] = [ok("Node", `${process.versions.node} on ${process.platform} ${process.arch}`)];
  const opening = existingProductEnvironment(terminal.variables);
  terminal.beforeLeaving(() => opening.then((opened) => opened?.release()));
  const product = await opening;
  if (!product)
    return [
      ...findings,
      failed("database", "there is none here yet", "Name another place in AIVO_DATA_DIR or DATABASE_URL, or begin with: npm start"),
    ];
  try {
    const env = parseEnv(product.variables);
    findings.push(ok("environment", "complete"), ...namesOf(product.variables));
    const services = await openServices(env, { applicationName: "aivo-sis", max: 12, statementSeconds: 30 });
    try {
      return [...findings, ...(await examine(services, { asksSis: sis }))];
    } finally {
      await services.close();
    }
  } catch (error) {
    const { code, message } = describe(error);
    const isOfEnvironment = findings.length === 1;
    return [
      ...findings,
      failed(isOfEnvironment ? "environment" : "database", message, remedies[code] ?? "docs/operations.md explains each variable."),
    ];
  } finally {
    await product.release();
  }
}

function namesOf(variables: Readonly<Record<string, string | undefined>>): readonly Finding[] {
  return misspelt(variables).map(({ name, meant }) =>
    warning(
      `variable ${name}`,
      "is none of Aivo's, and does nothing",
      meant === null ? "Take it away, or look it up in docs/operations.md." : `Is ${meant} meant?`,
    ),
  );
}

const remedies: Readonly<Record<string, string>> = {
  database: "Check that PostgreSQL runs where DATABASE_URL says, and that its password is right.",
  precondition: "What to do stands in the message.",
};

const words = { ok: "ok", warning: "look", failed: "wrong" } as const;

function linesOf(findings: readonly Finding[]): readonly string[] {
  const rows = findings.map(({ check, state, found, remedy }) => [words[state], check, found, remedy ?? ""]);
  const count = findings.filter(({ state }) => state === "failed").length;
  const last = count === 0 ? "Nothing is wrong." : `${count} ${count === 1 ? "thing is" : "things are"} wrong.`;
  return [...table(["", "what", "found", "to do"], rows), "", last];
}

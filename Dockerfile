# syntax=docker/dockerfile:1
FROM node:24.22.3-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY normalizer ./normalizer
COPY services ./services
# The engine of the embedded store is a package of its own; --build-arg EMBEDDED_STORE=false gives an image without it.
ARG EMBEDDED_STORE=true
RUN npm run build && npm prune --omit=dev && \
  if [ "$EMBEDDED_STORE" = true ]; then \
    npm install --prefix /engine "chdb@$(node -p "require('./package.json').peerDependencies.chdb")" && cp -r /engine/node_modules/. node_modules/; \
  fi

FROM node:24.22.3-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/services/store/allowed ./services/store/allowed
COPY --from=build /app/services/store/schema ./services/store/schema
RUN install -d -o node -g node /var/lib/gatelens
USER node
VOLUME /var/lib/gatelens
ENTRYPOINT ["node", "/app/dist/services/cli/main.js"]
CMD ["--help"]

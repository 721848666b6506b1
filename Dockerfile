# Ergo's program is here to hash the password of its operator, when `run init` writes its configuration.
FROM ghcr.io/ergochat/ergo:stable AS ergo

FROM node:24-alpine
# For repositories that the knowledge proxy reads.
RUN apk add --no-cache git
WORKDIR /app
COPY package.json package-lock.json ./
# The image is Node 24 itself: the one that package.json brings along as an optional package stays out.
RUN npm ci --ignore-scripts --omit=dev --omit=optional --no-audit --no-fund && npm cache clean --force
COPY --from=ergo /ircd-bin/ergo /usr/local/bin/ergo
COPY . .
ENV NODE_ENV=production
USER node
ENTRYPOINT ["node", "cli/breakroom.ts"]
CMD ["--help"]

# Signalbox without a shell, a package manager or sources. What it copies is made by: npm run pack -- --image
# Then: docker build -t signalbox .          docs/DEPLOYMENT.md has the rest.
ARG NODE=docker.io/library/node:24-bookworm-slim
ARG BASE=gcr.io/distroless/cc-debian12:latest

FROM ${NODE} AS node

FROM ${BASE}
ARG VERSION=0.0.0
LABEL org.opencontainers.image.title="Signalbox" \
      org.opencontainers.image.description="See every Claude Code session, on every machine, and what it uses" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY dist/image/signalbox /opt/signalbox
COPY dist/image/bin/signalbox /usr/local/bin/signalbox
COPY --chown=1000:1000 dist/image/volume /
ENV PATH=/usr/local/bin:/usr/bin:/bin \
    HOME=/data \
    HOST=0.0.0.0 \
    PORT=4000 \
    DATA_DIR=/data \
    NODE_ENV=production \
    NODE_COMPILE_CACHE=/data/.compile-cache
USER 1000:1000
WORKDIR /data
VOLUME /data
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s --retries=3 CMD ["signalbox", "health"]
ENTRYPOINT ["signalbox"]
CMD ["hub"]

# An image with nothing in it but Snapback, the certificates of the usual authorities, and a folder for its state:
#
#   docker build --build-arg VERSION=v0.1.0 -t snapback .
#   docker run --rm snapback sandbox --play
#
# docs/operations.md says under "In a container" how to run it.
FROM golang:1.26-bookworm AS build
ARG VERSION=devel
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN mkdir -p /out/root/usr/bin /out/root/etc/ssl/certs /out/data && install -d -m 1777 /out/root/tmp \
    && .ci/build "$VERSION" /out/root/usr/bin/snapback \
    && cp /etc/ssl/certs/ca-certificates.crt /out/root/etc/ssl/certs/ \
    && echo 'snapback:x:65532:65532:Snapback:/data:/nonexistent' >/out/root/etc/passwd \
    && echo 'snapback:x:65532:' >/out/root/etc/group

# Time zones are inside the program.
FROM scratch
COPY --from=build /out/root /
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
WORKDIR /data
VOLUME /data
ENTRYPOINT ["/usr/bin/snapback"]
CMD ["serve", "--config", "/etc/snapback/snapback.yaml", "--log-format", "json"]

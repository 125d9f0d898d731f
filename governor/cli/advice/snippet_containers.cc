// Snippets for containers. /dev/shm, where governed processes leave their files, is the container's own
// there.
#include "governor/cli/advice/snippet.h"

namespace memgov::cli {

const char kDockerSnippet[] =
    R"TEXT(# memgov in a Docker image whose C library is glibc (Debian, Ubuntu, Red Hat;
# not Alpine). Build with the object's folder as a second context (BuildKit;
# Docker 23 or later):
#   docker build --build-context memgov=@FOLDER@ -t IMAGE .

# ---- Dockerfile: at the end of the last stage ----
# Not further up: apt, pip and compilers would run with it, too. What the base
# image preloads is kept.
COPY --from=memgov @FILE@ /opt/memgov/libmemgov.so
ENV LD_PRELOAD=/opt/memgov/libmemgov.so${LD_PRELOAD:+:$LD_PRELOAD}
# Python: small objects pass malloc by, unless
#   ENV PYTHONMALLOC=malloc

# Without a new image:
#   docker run --memory 512m \
#     -v @REAL@:/opt/memgov/libmemgov.so:ro \
#     -e LD_PRELOAD=/opt/memgov/libmemgov.so IMAGE
# -e replaces an LD_PRELOAD of the image's own: where
# `docker inspect -f '{{.Config.Env}}' IMAGE` shows one, append it after a colon.

# The budget follows --memory by itself: 95 % of it. `memgov advise` says how
# much a container needs.

# Verify:
#   docker exec CONTAINER grep -m1 memgov /proc/1/maps    # a line: it is loaded
#   docker exec CONTAINER sh -c 'ls /dev/shm/memgov-*'    # its governor runs
#   docker exec CONTAINER memgov ps    # where the tool is in the image, too
# Roll back: take the two lines out and build. Or at once:
#   docker run -e LD_PRELOAD= ... IMAGE         # empties the image's own, too
#   docker run -e MEMGOV_GOVERNOR=off ... IMAGE # memgov's malloc and no more
)TEXT";

const char kComposeSnippet[] = R"TEXT(# memgov in a Compose service whose C library is glibc (not Alpine).
# Save it as compose.memgov.yaml, change what is marked, then:
#   docker compose -f compose.yaml -f compose.memgov.yaml up -d

# ---- compose.memgov.yaml: merged over yours ----
# `environment` replaces an LD_PRELOAD of the image's own: where
# `docker inspect -f '{{.Config.Env}}' IMAGE` shows one, append it after a colon.
services:
  gateway:  # CHANGE: your service
    environment:
      LD_PRELOAD: "/opt/memgov/libmemgov.so"
      MEMGOV_BUDGET: "auto"  # 95 % of the limit below
      # Python: small objects pass malloc by, unless PYTHONMALLOC: "malloc"
    volumes:
      - type: bind
        source: "@REAL@"
        target: "/opt/memgov/libmemgov.so"
        read_only: true
    deploy:
      resources:
        limits:
          memory: 512M  # CHANGE: memgov advise --format compose

# Verify:
#   docker compose exec gateway grep -m1 memgov /proc/1/maps  # it is loaded
#   docker compose exec gateway sh -c 'ls /dev/shm/memgov-*'  # its governor runs
#   docker compose exec gateway memgov ps  # where the tool is in the image, too
# Roll back:
#   docker compose -f compose.yaml up -d
# Or keep memgov's malloc and switch off all else: MEMGOV_GOVERNOR: "off"
)TEXT";

const char kKubernetesSnippet[] =
    R"TEXT(# memgov in a Kubernetes Deployment whose C library is glibc (not Alpine). An
# init container brings the object. Its image, once (BuildKit):
#   printf 'FROM busybox:1.36\nCOPY --from=memgov @FILE@ /libmemgov.so\n' \
#     > Dockerfile.memgov
#   docker build --build-context memgov=@FOLDER@ \
#     -f Dockerfile.memgov -t registry.example.com/memgov:@VERSION@ .
# Where your own image has the object (`memgov snippet docker`), only the limit
# below is left to do. Save this as memgov.yaml, change what is marked, then:
#   kubectl patch deployment gateway --patch-file memgov.yaml

# ---- memgov.yaml: a patch ----
# `env` replaces an LD_PRELOAD of the image's own: where
# `kubectl exec deploy/gateway -- printenv LD_PRELOAD` shows one, append it
# after a colon.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: gateway  # CHANGE
spec:
  template:
    spec:
      initContainers:
        - name: memgov
          image: registry.example.com/memgov:@VERSION@  # CHANGE
          command: ["cp", "/libmemgov.so", "/opt/memgov/libmemgov.so"]
          volumeMounts:
            - name: memgov
              mountPath: /opt/memgov
      containers:
        - name: gateway  # CHANGE
          env:
            - name: LD_PRELOAD
              value: "/opt/memgov/libmemgov.so"
            - name: MEMGOV_BUDGET
              value: "auto"  # 95 % of the limit below
            # Python: small objects pass malloc by, unless PYTHONMALLOC=malloc
          resources:
            limits:
              memory: 512Mi  # CHANGE: memgov advise --format k8s
          volumeMounts:
            - name: memgov
              mountPath: /opt/memgov
              readOnly: true
      volumes:
        - name: memgov
          emptyDir: {}

# Verify (with shareProcessNamespace the gateway is not process 1):
#   kubectl rollout status deployment gateway
#   kubectl exec deploy/gateway -- grep -m1 memgov /proc/1/maps  # it is loaded
#   kubectl exec deploy/gateway -- sh -c 'ls /dev/shm/memgov-*'  # governor runs
#   kubectl exec deploy/gateway -- memgov ps   # where the tool is in the image
# Roll back:
#   kubectl rollout undo deployment gateway
# Or keep memgov's malloc and switch off all else:
#   kubectl set env deployment/gateway -c gateway MEMGOV_GOVERNOR=off
)TEXT";

}  // namespace memgov::cli

// Snippets for services of the machine itself.
#include "governor/cli/advice/snippet.h"

namespace memgov::cli {

const char kSystemdSnippet[] = R"TEXT(# memgov in a systemd service, here gateway.service.

# ---- /etc/systemd/system/gateway.service.d/memgov.conf: a drop-in ----
[Service]
# Replaces an LD_PRELOAD of the unit's own: where
# `systemctl show -p Environment gateway` shows one, append it after a colon.
# A program with file capabilities (getcap) ignores LD_PRELOAD: take them off
# and write, say, AmbientCapabilities=CAP_NET_BIND_SERVICE instead.
Environment=LD_PRELOAD=@PATH@
# 95 % of MemoryMax (of MemoryHigh, where that is set)
Environment=MEMGOV_BUDGET=auto
# `memgov advise --format systemd` says how much.
MemoryMax=512M
# What `memgov ps` and `memgov last` read is in /dev/shm. DynamicUser= and
# RemoveIPC= empty that when the service stops; then keep it in a folder of the
# service's, and call the tool with the same MEMGOV_DIR:
#   RuntimeDirectory=memgov-gateway
#   RuntimeDirectoryPreserve=yes
#   Environment=MEMGOV_DIR=/run/memgov-gateway
# For an exporter of another user: Environment=MEMGOV_GROUP=<its group>

# Then:
#   systemctl daemon-reload && systemctl restart gateway
# Verify:
#   systemd-analyze verify gateway.service
#   grep -m1 memgov /proc/$(systemctl show -p MainPID --value gateway)/maps
#   memgov ps
# Roll back:
#   rm /etc/systemd/system/gateway.service.d/memgov.conf
#   systemctl daemon-reload && systemctl restart gateway
# Or keep memgov's malloc and switch off all else:
#   Environment=MEMGOV_GOVERNOR=off
)TEXT";

const char kGunicornSnippet[] =
    R"TEXT(# memgov in gunicorn: the master is started with it, the workers are its forks.

# ---- start.sh: how gunicorn is started ----
# Or the drop-in of `memgov snippet systemd`. In gunicorn.conf.py (raw_env,
# os.environ) it would be too late: the process is loaded by then.
export LD_PRELOAD="@PATH@${LD_PRELOAD:+:$LD_PRELOAD}"
# Without it small objects pass malloc by.
export PYTHONMALLOC=malloc
# A worker gets its governor at its first thread, or after it has allocated this
# much; 64M, the default, is long for a small one.
export MEMGOV_START_BYTES=8M
exec gunicorn --config gunicorn.conf.py app:app

# ---- gunicorn.conf.py: names for the threads of gthread workers ----
# memgov tells pools of threads apart by the names that the system knows; Python
# sets those from 3.14 on only.
import threading


def post_worker_init(worker):
    pool = getattr(worker, "tpool", None)
    if pool is None:
        return
    all_started = threading.Barrier(worker.cfg.threads)

    def take_name(number):
        path = f"/proc/self/task/{threading.get_native_id()}/comm"
        with open(path, "w") as name:
            name.write(f"request-{number}")
        all_started.wait(10)

    for number in range(worker.cfg.threads):
        pool.submit(take_name, number)


# With preload_app (--preload) workers share the master's pages until they write
# to them. Each has a governor and figures of its own, no thread and no
# reservation of the master's; pressure callbacks that the application
# registered before the fork run in each worker. All workers of one container
# share its limit. Keep --max-requests until `memgov ps` has shown for a while
# that RSS comes down between peaks.

# Verify:
#   for pid in $(pgrep gunicorn); do grep -m1 -H memgov /proc/$pid/maps; done
#   memgov ps           # the workers that have a governor
#   memgov pools PID    # "request": the threads above
# Roll back: take the three exports out and restart. HUP is not enough: the
# master keeps what it was started with.
# Or keep memgov's malloc and switch off all else:
#   export MEMGOV_GOVERNOR=off
)TEXT";

const char kNginxSnippet[] =
    R"TEXT(# memgov in nginx: the master is started with it, the workers are its forks.

# ---- /etc/systemd/system/nginx.service.d/memgov.conf: a drop-in ----
[Service]
# nginx' own `env` cannot preload: when it is read, nginx is loaded.
Environment=LD_PRELOAD=@PATH@
# A worker gets its governor after it has allocated this much; 64M, the default,
# is long for nginx.
Environment=MEMGOV_START_BYTES=8M
# Of the master and all workers, which share the budget: 95 % of it. `memgov
# advise` says how much.
MemoryMax=512M
# The master is root's, the workers are not: each user has a folder of its own,
# /dev/shm/memgov-<uid>, and root's `memgov ps` sees all. In a MEMGOV_DIR both
# must be able to make theirs (mode 1777), as not in a RuntimeDirectory=.
# For an exporter of another user: Environment=MEMGOV_GROUP=<its group>, of
# which the workers' user must be a member.

# ---- nginx.conf: at its top, outside of all braces ----
# Only for upgrades of the binary on the fly (USR2): the new one gets no
# variables but these.
env LD_PRELOAD;
env MEMGOV_START_BYTES;

# Then:
#   nginx -t && systemctl daemon-reload && systemctl restart nginx
# Verify:
#   for pid in $(pgrep nginx); do grep -m1 -H memgov /proc/$pid/maps; done
#   memgov ps    # the workers that had some traffic
# Roll back (a reload is not enough: the master keeps what it was started with):
#   rm /etc/systemd/system/nginx.service.d/memgov.conf  # and the two env lines
#   systemctl daemon-reload && systemctl restart nginx
# Or keep memgov's malloc and switch off all else:
#   Environment=MEMGOV_GOVERNOR=off
)TEXT";

}  // namespace memgov::cli

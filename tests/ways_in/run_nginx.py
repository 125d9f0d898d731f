"""examples/nginx under each engine: load, governed workers, reloads under load, an upgrade on the fly, a stop."""

import os
import pathlib
import shutil
import signal

import harness
import proxies
import served


class NginxTest(proxies.ProxyTest):
    """nginx as some user, with the environment of the drop-in."""

    daemon = "off"

    def setUp(self):
        super().setUp()
        port = harness.free_port()
        changes = {"127.0.0.1:8080": f"127.0.0.1:{port}", "127.0.0.1:9000": f"127.0.0.1:{self.upstream_port}"}
        if self.user is None and not self.as_root:
            changes["user www-data;"] = "user root;" if os.geteuid() == 0 else ""
        if served.LIBRARY:
            changes["env MEMGOV_DIR;"] = "env MEMGOV_DIR; env MEMGOV_MIMALLOC;"  # for an upgrade
        (self.folder / "nginx.conf").write_text(proxies.example("nginx/nginx.conf", changes))
        # By its path: nginx executes itself anew by the word that it was called with.
        command = [shutil.which("nginx", path=harness.environment()["PATH"]), "-p", self.work]
        command += ["-c", self.folder / "nginx.conf", "-e", "error.log", "-g", f"daemon {self.daemon};"]
        self.server = self.start_proxy(command, port, **proxies.drop_in("nginx/memgov.conf"))
        self.master = self.server.pid

    def workers(self):
        return set(harness.children(self.master))

    def load_until_governed(self):
        """A worker is listed once it has allocated MEMGOV_START_BYTES."""
        harness.wait_until(lambda: len(self.workers()) == 2, 20, "two workers")
        load = self.start_load(2)
        self.assert_governed(self.workers())
        self.assert_load_went_well(load)
        for process in {self.master} | self.workers():
            self.assertTrue(served.is_served(process))
        self.report_idle(self.workers())

    def reload(self):
        """The new workers. The old ones may have gone by then, or not."""
        before = self.workers()
        self.server.send_signal(signal.SIGHUP)
        harness.wait_until(lambda: len(self.workers() - before) == 2, 20, "new workers")
        return self.workers() - before

    def reload_under_load(self):
        first = self.workers()
        load = self.start_load(2)
        self.reload()
        self.assert_governed(self.reload())
        self.assert_load_went_well(load, errors=proxies.RELOAD_ERRORS)
        harness.wait_until(lambda: not first & self.workers(), 40, "the end of the old workers")

    def stop(self):
        """SIGQUIT: requests that are under way are finished."""
        processes = {self.master} | self.workers()
        os.kill(self.master, signal.SIGQUIT)
        self.assertEqual(self.server.wait(30), 0)
        harness.wait_until(lambda: not any(map(is_alive, processes)), 20, "the end of master and workers")
        self.assertNotRegex(self.log(), r"exited on signal|\[(alert|emerg|crit|error)\]")

    def log(self):
        return (self.work / "error.log").read_text()


def is_alive(pid):
    return os.path.exists(f"/proc/{pid}")


class AsUser(NginxTest):
    def test_load_reload_and_stop(self):
        self.assertEqual(self.fetch("/health"), b"ok\n")
        for path in ("/answer", "/stream/answer"):
            self.assertEqual(self.fetch(path, b"{}"), self.body)
        self.load_until_governed()
        self.reload_under_load()
        self.assertEqual(self.fetch("/answer", b"{}"), self.body)
        self.stop()


class Upgrade(NginxTest):
    """The `env` lines: the binary that takes over on the fly is preloaded and governed with the old one's options.
    nginx does that only when it is a daemon."""

    daemon = "on"

    def start_proxy(self, command, port, **variables):
        server = super().start_proxy(command, port, **variables)
        # nginx takes a USR2 for a mistake as long as the process that started it is there.
        self.assertEqual(server.wait(20), 0)
        harness.wait_until(lambda: self.pid_of("nginx.pid"), 20, "a pid file")
        self.old = self.pid_of("nginx.pid")
        self.addCleanup(self.end_daemon)
        return server

    def pid_of(self, name):
        """Of a pid file; 0 where there is none yet."""
        path = self.work / name
        return int(path.read_text() or 0) if path.exists() else 0

    def end_daemon(self):
        """Old and new: the new one has stayed in the session that the old one made."""
        try:
            os.killpg(self.old, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def test_upgrade_on_the_fly(self):
        # A signal that comes before the master waits for signals is not answered until the next one.
        self.master = self.old
        harness.wait_until(lambda: len(self.workers()) == 2, 20, "two workers")
        os.kill(self.old, signal.SIGUSR2)
        harness.wait_until(lambda: self.pid_of("nginx.pid") not in (0, self.old), 20, "a second master")
        self.master = self.pid_of("nginx.pid")
        os.kill(self.old, signal.SIGQUIT)
        harness.wait_until(lambda: not is_alive(self.old), 30, "the end of the old master")
        self.load_until_governed()


class UnderRoot(NginxTest):
    """Workers of another user under root's master, as a distribution's nginx has them."""

    as_root = True

    def setUp(self):
        if os.geteuid() != 0:
            self.skipTest("root only")
        super().setUp()

    def test_load_reload_and_stop(self):
        self.load_until_governed()
        owners = {pathlib.Path(f"/proc/{worker}").stat().st_uid for worker in self.workers()}
        self.assertNotIn(0, owners)
        self.reload_under_load()
        self.stop()


if __name__ == "__main__":
    proxies.main()

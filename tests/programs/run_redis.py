"""redis-server under redis-benchmark: snapshots from forked children, read back without the preload."""

import subprocess

import harness


class RedisTest(harness.ProgramTest):
    # Debian's redis-server is linked with jemalloc: two allocators are loaded, and a line says so.
    expected_messages = (
        r"memgov: \S+: serves malloc; jemalloc \(libjemalloc\S+\) is loaded too and sees none .*"
    )

    def setUp(self):
        super().setUp()
        self.port = harness.free_port()

    def command(self, *more):
        return [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            str(self.folder),
            "--enable-debug-command",
            "local",
            "--daemonize",
            "no",
            *more,
        ]

    def ask(self, *words):
        answer = subprocess.run(
            ["redis-cli", "-p", str(self.port), *words],
            env=harness.environment(),
            text=True,
            capture_output=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )
        self.assertEqual(answer.returncode, 0, answer)
        return answer.stdout.strip()

    def benchmark(self, *more):
        done = subprocess.run(
            ["redis-benchmark", "-h", "127.0.0.1", "-p", str(self.port), "-q", *more],
            text=True,
            env=harness.environment(),
            capture_output=True,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("requests per second", done.stdout)
        self.assertNotIn("Error", done.stdout + done.stderr)

    def save_in_background(self):
        last = self.ask("LASTSAVE")
        self.assertIn("Background saving started", self.ask("BGSAVE"))
        harness.wait_until(
            lambda: "rdb_bgsave_in_progress:0" in self.ask("INFO", "persistence"), 60, "BGSAVE's child"
        )
        self.assertIn("rdb_last_bgsave_status:ok", self.ask("INFO", "persistence"))
        self.assertGreaterEqual(int(self.ask("LASTSAVE")), int(last))

    def test_load_snapshots_and_data(self):
        server = self.start_server(self.command(), self.port)
        self.benchmark(
            "-n", "20000", "-c", "40", "-d", "300", "-r", "20000", "-t", "set,get,incr,lpush,rpop,sadd,hset"
        )
        self.assertEqual(self.ask("DEBUG", "POPULATE", "30000", "key", "700"), "OK")
        for _ in range(3):
            self.save_in_background()
            self.benchmark(
                "-n", "4000", "-c", "20", "-d", "2000", "-r", "3000", "-P", "4", "-t", "set,lpush,mset"
            )
        self.assertEqual(
            self.ask("EVAL", "local t = {} for i = 1, 50000 do t[i] = i .. 'x' end return #t", "0"), "50000"
        )
        self.save_in_background()
        keys, digest = self.ask("DBSIZE"), self.ask("DEBUG", "DIGEST")
        self.assertGreater(int(keys), 30000)
        server.terminate()
        self.assertEqual(server.wait(30), 0)
        self.assert_plain_server_reads(keys, digest)

    def assert_plain_server_reads(self, keys, digest):
        self.port = harness.free_port()
        server = subprocess.Popen(
            self.command(),
            env=harness.environment(),
            cwd=self.folder,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
        )
        try:
            harness.wait_until(lambda: harness.accepts(self.port), 20, "a second redis-server")
            harness.wait_until(
                lambda: "\nloading:0" in self.ask("INFO", "persistence"), 30, "the snapshot is loaded"
            )
            self.assertEqual((self.ask("DBSIZE"), self.ask("DEBUG", "DIGEST")), (keys, digest))
        finally:
            server.terminate()
            server.wait(20)


if __name__ == "__main__":
    harness.need("redis-server", "redis-benchmark", "redis-cli")
    harness.main()

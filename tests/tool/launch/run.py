"""memgov run becomes the command: its process id, descriptors, exit status; with the object first in LD_PRELOAD."""

import os
import signal
import subprocess

import launching
import support
from launching import PYTHON

SHOW = "import os; print(os.getpid(), os.environ.get('LD_PRELOAD'), open('/proc/self/maps').read().count('libmemgov'))"


class Run(launching.LaunchTest):
    def test_same_process_and_object_mapped(self):
        process = subprocess.Popen(
            [support.TOOL, "run", "--", PYTHON, "-c", SHOW],
            env=launching.clean(MEMGOV_DIR=self.folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        out, errors = process.communicate(timeout=60)
        pid, preload, mapped = out.split()
        self.assertEqual(int(pid), process.pid)
        self.assertEqual(os.path.dirname(preload), os.path.dirname(support.OBJECT))
        self.assertGreater(int(mapped), 0)
        self.assertEqual(errors, "")

    def test_exit_status_is_the_commands(self):
        self.assertEqual(self.memgov("run", "--", "/bin/sh", "-c", "exit 37").returncode, 37)
        killed = self.memgov("run", "--", "/bin/sh", "-c", "kill -TERM $$")
        self.assertEqual(killed.returncode, -signal.SIGTERM)

    def test_prepends_and_keeps(self):
        jemalloc = "/usr/lib/x86_64-linux-gnu/libm.so.6"
        finished = self.memgov("run", "--", PYTHON, "-c", SHOW, environment={"LD_PRELOAD": jemalloc})
        preload = finished.stdout.split()[1].split(":")
        self.assertEqual(len(preload), 2, finished)
        self.assertTrue(preload[0].endswith("/libmemgov.so"))
        self.assertEqual(preload[1], jemalloc)

    def test_run_in_run_preloads_once(self):
        finished = self.memgov("run", "--", support.TOOL, "run", "--", PYTHON, "-c", SHOW, environment={})
        # The inner one no longer has MEMGOV_LIBRARY_DIR: it is looked for beside the tool.
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assertEqual(finished.stdout.split()[1].count("libmemgov"), 1)

    def test_options_reach_the_object(self):
        finished = self.memgov(
            "run", "--engine", "system", "--budget", "300M", "--pools", "a-*=b:16M", "--summary", "--",
            PYTHON, "-c", "import os; print({n: v for n, v in os.environ.items() if n.startswith('MEMGOV_')})",
        )  # fmt: skip
        self.assertEqual(
            eval(finished.stdout),
            {
                "MEMGOV_ENGINE": "system",
                "MEMGOV_BUDGET": "300M",
                "MEMGOV_POOLS": "a-*=b:16M",
                "MEMGOV_SUMMARY": "1",
                "MEMGOV_DIR": self.folder,
            },
        )
        self.assertRegex(finished.stderr, r"\Amemgov: system: resident .*\n\Z")

    def test_words_arrive_as_they_are(self):
        words = ["[a,b]", "", "{}", "--json", "-h", "a b", "--", "\n", "ä", "[ x ]"]
        finished = self.memgov("run", "--", PYTHON, "-c", "import sys; print(ascii(sys.argv[1:]))", *words)
        self.assertEqual(eval(finished.stdout), words)

    def test_scripts(self):
        script = self.write("script", "#!/usr/bin/env python3\nprint('from a script')\n", 0o755)
        self.assertEqual(self.memgov("run", "--", script).stdout, "from a script\n")
        text = self.write("text", 'echo "$0 $1"\n', 0o755)
        self.assertEqual(self.memgov("run", "--", text, "one").stdout, f"{text} one\n")

    def test_verbose_says_that_it_took_and_who_inherits(self):
        finished = self.memgov("run", "--verbose", "--", PYTHON, "-c", "import time; time.sleep(1)")
        self.assertIn("preloads", finished.stderr)
        self.assertIn("inherits LD_PRELOAD", finished.stderr)
        self.assertRegex(finished.stderr, r"\(process \d+\) has loaded .*/libmemgov\.so\n")

    def test_standard_input_is_the_commands(self):
        finished = subprocess.run(
            [support.TOOL, "run", "--", "/bin/cat"],
            env=launching.clean(),
            input="through\n",
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(finished.stdout, "through\n")


if __name__ == "__main__":
    launching.main()

"""What cannot be preloaded is refused before it starts, with one line and its exit status."""

import os
import shutil
import stat
import subprocess

import launching
import support


class Refuse(launching.LaunchTest):
    def setUp(self):
        super().setUp()
        os.chmod(self.folder, 0o755)

    def refused(self, status, words, *arguments, **options):
        finished = self.memgov(*arguments, **options)
        self.assertEqual(finished.returncode, status, finished)
        self.assertEqual(finished.stdout, "")
        self.assertRegex(finished.stderr, r"\Amemgov: [^\n]*\n\Z")
        self.assertIn(words, finished.stderr)

    def build(self, name, *flags, compiler="gcc"):
        if not shutil.which(compiler):
            self.skipTest(f"no {compiler}")
        source = self.write(f"{name}.c", "int main(void) { return 0; }")
        subprocess.run([compiler, *flags, "-o", self.path(name), source], check=True)
        return self.path(name)

    def test_static(self):
        for flags in (["-static"], ["-static-pie"]):
            with self.subTest(flags=flags):
                program = self.build("static", *flags)
                for command in ("run", "try", "check"):
                    more = ["--max-rss", "1G"] if command == "check" else []
                    self.refused(126, "statically linked", command, *more, "--", program)

    def test_musl(self):
        self.refused(126, "musl", "run", "--", self.build("musl", compiler="musl-gcc"))

    def test_32_bit(self):
        program = self.build("small")
        with open(program, "r+b") as file:
            file.seek(4)
            file.write(b"\x01")  # EI_CLASS
            file.seek(18)
            file.write(b"\x03\x00")  # EM_386
        self.refused(126, "is a program for 32-bit x86, memgov is for 64-bit", "run", "--", program)

    def test_script_of_a_static_interpreter(self):
        static = self.build("static", "-static")
        script = self.write("script", f"#!{static}\n", 0o755)
        self.refused(126, "statically linked", "run", "--", script)

    def test_not_found_not_executable_not_a_program(self):
        self.refused(127, "no such command", "run", "--", "no-such-command-here")
        self.refused(127, 'memgov: "": no such command\n', "run", "--", "")
        self.refused(127, "/nowhere/x: no such command", "run", "--", "/nowhere/x")
        self.refused(126, "is a folder", "run", "--", self.folder)
        self.refused(126, "is not executable", "run", "--", self.write("plain", "#!/bin/sh\n"))
        self.refused(126, "cut short or damaged", "run", "--", self.write("cut", "\x7fELF", 0o755))

    def test_nothing_to_run(self):
        self.assertEqual(self.memgov("run").returncode, 2)
        self.assertEqual(self.memgov("run", "--").returncode, 2)

    def test_bad_values_are_usage_errors(self):
        self.refused(2, "--budget 12X: allowed is auto, off", "run", "--budget", "12X", "--", "true")
        self.refused(2, "--budget 1M: allowed is", "run", "--budget", "1M", "--", "true")
        self.refused(2, "--pools tokio: allowed is glob=pool", "try", "--pools", "tokio", "--", "true")
        self.refused(2, "--seconds soon: allowed is", "try", "--seconds", "soon", "--", "true")
        self.refused(2, "--max-rss", "check", "--max-rss", "lots", "--", "true")
        self.refused(2, "nothing to check", "check", "--", "true")
        self.refused(2, "--tolerance -5%", "check", "--max-rss", "1G", "--tolerance=-5%", "--", "true")
        self.assertEqual(self.memgov("run", "--engine", "jemalloc", "--", "true").returncode, 2)
        self.assertEqual(self.memgov("try", "--runs", "0", "--", "true").returncode, 2)

    def test_baselines_that_cannot_be_read(self):
        missing = self.path("none.json")
        words = f"memgov: --baseline {missing}: there is no such file\n"
        self.refused(3, words, "check", "--baseline", missing, "--", "true")
        self.refused(5, "cannot be read", "check", "--baseline", self.folder, "--", "true")

    def test_options_of_the_command_need_dashes(self):
        words = "-la (put -- before the command)\n"
        self.refused(2, words, "run", "--budget", "100M", "ls", "-la")
        self.refused(2, words, "try", "ls", "-la")
        self.refused(2, words, "check", "--max-rss", "1G", "ls", "-la")
        self.refused(2, "not expected: --bugdet=100M\n", "run", "--bugdet=100M", "--", "true")

    def test_no_object(self):
        empty = self.path("empty")
        os.mkdir(empty)
        self.refused(126, "MEMGOV_LIBRARY_DIR", "run", "--", "true", environment={"MEMGOV_LIBRARY_DIR": empty})

    def test_output_that_cannot_be_written_is_said_before_the_run(self):
        where = self.path("none/out")
        self.refused(5, where, "check", "--max-rss", "1G", "--output", where, "--", "sleep", "60")

    def as_nobody(self, program):
        return subprocess.run(
            [support.TOOL, "run", "--", program],
            env=launching.clean(),
            capture_output=True,
            text=True,
            timeout=60,
            user=65534,
            group=65534,
            extra_groups=[],
        )

    def privileged(self, program, words):
        if not os.access(os.path.dirname(support.TOOL), os.X_OK) or os.geteuid() != 0:
            self.skipTest("needs root, to become somebody else")
        if os.statvfs(self.folder).f_flag & os.ST_NOSUID:
            self.skipTest("the folder for temporary files is mounted nosuid")
        finished = self.as_nobody(program)
        if "Permission denied" in finished.stderr:
            self.skipTest("nobody may not run the tool here")
        self.assertEqual(finished.returncode, 126, finished)
        self.assertIn(words, finished.stderr)

    def test_set_user_id(self):
        program = self.build("owned")
        os.chmod(program, 0o755 | stat.S_ISUID)
        self.privileged(program, "set-user-id")
        # For root it changes nobody.
        self.assertEqual(self.memgov("run", "--", program).returncode, 0)

    def test_set_group_id(self):
        program = self.build("grouped")
        os.chmod(program, 0o755 | stat.S_ISGID)
        self.privileged(program, "set-group-id")

    def test_file_capabilities(self):
        program = self.build("able")
        if os.geteuid() == 0:
            # linux/capability.h: revision 2, effective; CAP_NET_RAW.
            value = (0x02000001).to_bytes(4, "little") + (1 << 13).to_bytes(4, "little") + bytes(12)
            try:
                os.setxattr(program, "security.capability", value)
            except OSError as error:
                self.skipTest(f"no file capabilities here: {error}")
        self.privileged(program, "file capabilities")


if __name__ == "__main__":
    launching.main()

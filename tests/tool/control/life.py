"""When there is a socket, whose it is, and when it goes."""

import os
import signal
import socket
import stat
import unittest

import support
from asking import GovernedPython, LoudSubject, ask, connect, others_may_run, path_of, told


class LifeTest(support.ToolTest):
    def start_and_find(self, **options):
        subject = self.start(**options)
        path = path_of(subject, self.folder)
        support.wait_for(lambda: os.path.exists(path), path)
        return subject, path

    def python(self, program, **options):
        process = GovernedPython(self.folder, program, **options)
        self.addCleanup(process.stop)
        return process

    def socket_of(self, process):
        path = path_of(process, self.folder)
        support.wait_for(lambda: os.path.exists(path), path)
        return path

    def own_folder(self, user=None):
        return os.path.join(self.folder, f"memgov-{os.geteuid() if user is None else user}")

    def sockets(self, user=None):
        return sorted(name for name in os.listdir(self.own_folder(user)) if name.endswith(".sock"))

    def test_owner_only_and_gone_at_the_end(self):
        subject, path = self.start_and_find()
        mode = os.lstat(path).st_mode
        self.assertTrue(stat.S_ISSOCK(mode))
        self.assertEqual(stat.S_IMODE(mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode), 0o700)
        told(path, "json")
        subject.process.stdin.write("quit\n")
        subject.process.stdin.flush()
        subject.process.wait(support.PATIENCE_S)
        self.assertFalse(os.path.lexists(path))

    def test_none_where_the_options_say_so(self):
        for options in ({"MEMGOV_EXPORT": "0"}, {"MEMGOV_THREAD": "never"}, {"MEMGOV_GOVERNOR": "off"}):
            subject = self.start(**options)
            subject.say("hold io 80")
            subject.say("free io")
            self.assertFalse(os.path.lexists(path_of(subject, self.folder)), options)

    def test_what_killed_ones_left_is_removed_by_the_next(self):
        subject, path = self.start_and_find()
        other, other_path = self.start_and_find()
        subject.stop()
        self.assertTrue(os.path.lexists(path))
        _, third_path = self.start_and_find()
        support.wait_for(lambda: not os.path.lexists(path), "the leftover to go")
        told(other_path, "json")
        told(third_path, "json")
        self.assertIsNone(other.process.poll())

    def test_another_namespaces_socket_stays(self):
        """By its number nobody is there, but somebody listens."""
        os.mkdir(self.own_folder(), 0o700)
        path = os.path.join(self.own_folder(), "4194303.sock")
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            listener.bind(path)
            listener.listen()
            self.start_and_find()
            self.assertTrue(os.path.lexists(path))

    def test_what_has_its_name_is_not_followed(self):
        precious = os.path.join(self.folder, "precious")
        with open(precious, "w") as file:
            file.write("untouched")
        os.mkdir(self.own_folder(), 0o700)
        # By every number that it may get.
        program = (
            "import os,sys,threading\n"
            f"os.symlink({precious!r}, {self.own_folder()!r} + f'/{{os.getpid()}}.sock')\n"
            "print('made', flush=True)\n"
            "thread = threading.Thread(target=sys.stdin.readline); thread.start(); thread.join()\n"
        )
        process = self.python(program)
        self.assertEqual(process.hear(), "made")
        path = path_of(process, self.folder)
        support.wait_for(lambda: not os.path.islink(path) and os.path.exists(path), "a socket")
        told(path, "json")
        with open(precious) as file:
            self.assertEqual(file.read(), "untouched")

    def test_a_stopped_process_answers_when_it_goes_on(self):
        subject, path = self.start_and_find()
        os.kill(subject.pid, signal.SIGSTOP)
        with connect(path) as connection:
            connection.settimeout(0.3)
            connection.send(b"json")
            with self.assertRaises(socket.timeout):
                connection.recv(1 << 20)
            os.kill(subject.pid, signal.SIGCONT)
            connection.settimeout(support.PATIENCE_S)
            self.assertTrue(connection.recv(1 << 20).startswith(b"ok {"))

    def test_a_forked_child_has_its_own(self):
        program = (
            "import os,sys,threading\n"
            "t = threading.Thread(target=lambda: None); t.start(); t.join()\n"
            "child = os.fork()\n"
            "os.write(1, f'{os.getpid()}\\n'.encode())\n"  # print writes the newline by itself
            "if child == 0:\n"
            "    t = threading.Thread(target=lambda: None); t.start(); t.join()\n"
            "    sys.stdin.readline()\n"
            "    sys.exit(0)\n"
            "os.waitpid(child, 0)\n"
            "print('child gone', flush=True)\n"
            "sys.stdin.readline()\n"
        )
        process = self.python(program)
        pids = {int(process.hear()), int(process.hear())}
        paths = {pid: os.path.join(self.own_folder(), f"{pid}.sock") for pid in pids}
        for pid, path in paths.items():
            support.wait_for(lambda: os.path.exists(path), path)
            self.assertIn(f'"process_id":{pid},', ask(path, "json"))
        process.go_on()
        self.assertEqual(process.hear(), "child gone")
        self.assertEqual(self.sockets(), [f"{process.pid}.sock"])
        told(paths[process.pid], "json")

    def test_an_executed_program_takes_the_name(self):
        program = (
            "import os,sys,threading\n"
            "t = threading.Thread(target=lambda: None); t.start(); t.join()\n"
            "print('one', flush=True); sys.stdin.readline()\n"
            "os.execv(sys.executable, [sys.executable, '-c', 'import sys,threading\\n"
            "t = threading.Thread(target=lambda: None); t.start(); t.join()\\n"
            'print("two", flush=True); sys.stdin.readline()\'])\n'
        )
        process = self.python(program, MEMGOV_IDLE_MS="123")
        self.assertEqual(process.hear(), "one")
        path = self.socket_of(process)
        told(path, "set idle-ms=456")
        process.go_on()
        self.assertEqual(process.hear(), "two")
        support.wait_for(lambda: "123.0 ms" in ask(path, "config"), "the new program's answer")

    def test_closing_all_descriptors_does_not_touch_it(self):
        program = (
            "import os,sys,threading\n"
            "t = threading.Thread(target=lambda: None); t.start(); t.join()\n"
            "print('up', flush=True); sys.stdin.readline()\n"
            "os.closerange(3, 4096); print('closed', flush=True); sys.stdin.readline()\n"
        )
        process = self.python(program)
        self.assertEqual(process.hear(), "up")
        path = self.socket_of(process)
        process.go_on()
        self.assertEqual(process.hear(), "closed")
        told(path, "json")
        self.assertEqual(
            [name for name in os.listdir(f"/proc/{process.pid}/fd") if int(name) > 2], [], "none of the host's"
        )

    def test_a_folder_that_cannot_be_written_costs_one_line(self):
        if os.geteuid() != 0:
            self.skipTest("needs root to become another user")
        if not (others_may_run(support.SUBJECT) and others_may_run(support.OBJECT)):
            self.skipTest("the build is in a folder that other users cannot look into")
        os.chmod(self.folder, 0o755)
        session = os.path.join(self.folder, "session")
        os.mkdir(session)
        os.chown(session, 65534, 65534)
        with open(os.path.join(self.folder, "errors"), "w+") as errors:
            subject = LoudSubject("/proc", errors=errors, user=65534, XDG_RUNTIME_DIR=session)
            self.addCleanup(subject.stop)
            path = os.path.join(session, "memgov-65534", f"{subject.pid}.sock")
            support.wait_for(lambda: os.path.exists(path), path)
            told(path, "json")
            errors.seek(0)
            lines = errors.read().splitlines()
        self.assertEqual(len(lines), 1, lines)
        self.assertIn("MEMGOV_DIR=/proc", lines[0])


if __name__ == "__main__":
    unittest.main()

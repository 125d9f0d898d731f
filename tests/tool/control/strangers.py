"""Who may see and steer a process: its user and root; a group where the options say so; nobody else."""

import os
import stat
import subprocess
import unittest

import support
from asking import GovernedPython, LoudSubject, others_may_run, path_of, python_for_others, told

STRANGER = 65534
WORKER = 65532
MONITORS = 54321

# Runs as somebody else: tries all that a stranger could, and prints what worked.
PROBE = """
import os, socket, sys
folder, name = sys.argv[1:3]
worked = []
def attempt(what, action):
    try:
        action()
    except OSError:
        return
    worked.append(what)
path = os.path.join(folder, name)
def ask(request):
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        connection.settimeout(10)
        connection.connect(path + ".sock")
        connection.send(request)
        if not connection.recv(1 << 20).startswith(b"ok "):
            raise OSError
attempt("list", lambda: os.listdir(folder))
attempt("read", lambda: open(path + ".stats", "rb").read())
attempt("write", lambda: open(path + ".stats", "r+b"))
attempt("ask", lambda: ask(b"json"))
attempt("steer", lambda: ask(b"set idle-ms=700"))
attempt("remove", lambda: os.remove(path + ".sock"))
attempt("create", lambda: open(os.path.join(folder, "made"), "w"))
print(" ".join(worked))
"""


class StrangersTest(support.ToolTest):
    def setUp(self):
        super().setUp()
        os.chmod(self.folder, 0o1777)

    def start_as(self, user, **options):
        subject = LoudSubject(self.folder, user=user, **options)
        self.addCleanup(subject.stop)
        path = path_of(subject, self.folder, user)
        support.wait_for(lambda: os.path.exists(path), path)
        stats = path.replace(".sock", ".stats")
        support.wait_for(lambda: os.path.exists(stats), stats)
        told(path, "json")  # it listens, and root may ask
        return path

    def probe(self, path, user, groups=()):
        finished = subprocess.run(
            [python_for_others(), "-I", "-c", PROBE, os.path.dirname(path), os.path.basename(path)[: -len(".sock")]],
            user=user,
            group=user,
            extra_groups=groups,
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(finished.returncode, 0, finished.stderr)
        return finished.stdout.strip()

    def test_by_default_nobody_else(self):
        for user in (0, WORKER):
            path = self.start_as(user)
            self.assertEqual(self.probe(path, STRANGER, [MONITORS]), "", f"on a process of user {user}")
            self.assertIn("500.0 ms          default", told(path, "config"), "nothing was set")

    def test_a_worker_of_another_user_cannot_steer_its_roots(self):
        self.assertEqual(self.probe(self.start_as(0), WORKER), "")

    def test_the_user_itself(self):
        path = self.start_as(WORKER)
        self.assertEqual(self.probe(path, WORKER), "list read write ask steer remove create")

    def test_a_group_that_reads(self):
        path = self.start_as(0, MEMGOV_GROUP=str(MONITORS))
        self.assertEqual(self.probe(path, STRANGER, [MONITORS]), "list read")
        self.assertEqual(self.probe(path, STRANGER), "")

    def test_a_group_that_steers(self):
        path = self.start_as(0, MEMGOV_GROUP=str(MONITORS), MEMGOV_MODE="0660")
        status = os.lstat(path)
        self.assertEqual((stat.S_IMODE(status.st_mode), status.st_gid), (0o660, MONITORS))
        self.assertEqual(self.probe(path, STRANGER, [MONITORS]), "list read ask steer")
        self.assertEqual(self.probe(path, MONITORS), "list read ask steer")
        self.assertEqual(self.probe(path, STRANGER), "")
        self.assertIn("700.0 ms          set while running", told(path, "config"))

    def test_a_group_that_the_user_is_not_in(self):
        with open(os.path.join(self.folder, "errors"), "w+") as errors:
            path = self.start_as(WORKER, errors=errors, MEMGOV_GROUP=str(MONITORS), MEMGOV_MODE="0660")
            self.assertEqual(self.probe(path, STRANGER, [MONITORS]), "")
            errors.seek(0)
            self.assertEqual(
                errors.read(),
                f"memgov: MEMGOV_GROUP={MONITORS}: this user may not give it anything (error 1); "
                "what this process shows is for its own user only\n",
            )

    def test_a_workers_group_that_it_is_in(self):
        path = self.start_as(WORKER, groups=[MONITORS], MEMGOV_GROUP=str(MONITORS))
        self.assertEqual(self.probe(path, STRANGER, [MONITORS]), "list read")

    def test_a_process_that_gives_up_root_is_found_in_its_new_users_folder(self):
        program = (
            "import os,sys,threading\n"
            "t = threading.Thread(target=lambda: None); t.start(); t.join()\n"
            "print('root', flush=True); sys.stdin.readline()\n"
            f"os.setgid({WORKER}); os.setuid({WORKER})\n"
            "print('worker', flush=True); sys.stdin.readline()\n"
        )
        process = GovernedPython(self.folder, program)
        self.addCleanup(process.stop)
        self.assertEqual(process.hear(), "root")
        paths = [os.path.join(self.folder, f"memgov-{user}", f"{process.pid}.sock") for user in (0, WORKER)]
        support.wait_for(lambda: os.path.exists(paths[0]), paths[0])
        self.assertEqual(self.probe(paths[0], WORKER), "")
        process.go_on()
        self.assertEqual(process.hear(), "worker")
        support.wait_for(lambda: os.path.exists(paths[1]), paths[1])
        self.assertEqual(os.lstat(paths[1]).st_uid, WORKER)
        told(paths[1], "json")
        self.assertEqual(self.probe(paths[1], STRANGER), "")
        self.assertIn("ask", self.probe(paths[1], WORKER).split())


if __name__ == "__main__":
    if os.geteuid() != 0:
        support.skip("needs root to act as two users")
    if not (python_for_others() and others_may_run(support.SUBJECT) and others_may_run(support.OBJECT)):
        support.skip("the build, or every python3, is in a folder that other users cannot look into")
    unittest.main()

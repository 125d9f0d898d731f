"""memgov snippet: what is pasted is taken by the programs that it is for."""

import os
import re
import shutil
import subprocess
import threading
import types
import unittest
from concurrent.futures import ThreadPoolExecutor

from advise import verify_drop_in
from support import OBJECT, TOOL, ToolTest

KINDS = ("docker", "compose", "k8s", "systemd", "gunicorn", "nginx")


def parts(text):
    """{file: what to paste}, by the lines '# ---- file: what ----'."""
    pieces = re.split(r"(?m)^# ---- (\S+): .* ----$", text)
    return dict(zip(pieces[1::2], pieces[2::2]))


class Snippets(ToolTest):
    def snippet(self, kind, *options):
        finished = self.tool("snippet", kind, "--library", OBJECT, *options)
        self.assertEqual((finished.returncode, finished.stderr), (0, ""))
        return finished.stdout

    def test_all_kinds_name_the_object(self):
        for kind in KINDS:
            text = self.snippet(kind)
            self.assertIn(os.path.dirname(os.path.realpath(OBJECT)), text, kind)
            self.assertIn("Roll back", text, kind)

    def test_yaml(self):
        try:
            import yaml
        except ImportError:
            self.skipTest("no python3-yaml")
        compose = yaml.safe_load(self.snippet("compose"))["services"]["gateway"]
        self.assertEqual(compose["volumes"][0]["source"], os.path.realpath(OBJECT))
        self.assertEqual(compose["environment"]["LD_PRELOAD"], compose["volumes"][0]["target"])
        pod = yaml.safe_load(self.snippet("k8s"))["spec"]["template"]["spec"]
        volumes = {volume["name"] for volume in pod["volumes"]}
        for container in pod["initContainers"] + pod["containers"]:
            self.assertLessEqual({mount["name"] for mount in container["volumeMounts"]}, volumes)
        self.assertEqual(pod["containers"][0]["env"][0]["value"], pod["initContainers"][0]["command"][2])

    def test_dockerfile_has_instructions_and_comments_alone(self):
        dockerfile = parts(self.snippet("docker"))["Dockerfile"]
        lines = [line for line in dockerfile.splitlines() if line and not line.startswith("#")]
        self.assertEqual([line.split()[0] for line in lines], ["COPY", "ENV"])
        self.assertEqual(lines[0].split()[2], os.path.basename(os.path.realpath(OBJECT)))

    def test_systemd_takes_both_drop_ins(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("no systemd-analyze")
        drop_in = parts(self.snippet("systemd"))["/etc/systemd/system/gateway.service.d/memgov.conf"]
        self.assertEqual(verify_drop_in(self.folder, "gateway", drop_in), "")
        drop_in = parts(self.snippet("nginx"))["/etc/systemd/system/nginx.service.d/memgov.conf"]
        shutil.rmtree(os.path.join(self.folder, "units"))
        self.assertEqual(verify_drop_in(self.folder, "nginx", drop_in), "")

    def test_systemd_would_say_no(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("no systemd-analyze")
        self.assertNotEqual(verify_drop_in(self.folder, "gateway", "[Service]\nMemoryMax=lots\n"), "")

    def test_nginx_takes_its_lines(self):
        nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        if not nginx:
            self.skipTest("no nginx")
        path = os.path.join(self.folder, "nginx.conf")
        with open(path, "w") as file:
            file.write(parts(self.snippet("nginx"))["nginx.conf"])
            file.write(f"pid {self.folder}/pid;\nerror_log {self.folder}/log;\nevents {{}}\n")
        finished = subprocess.run([nginx, "-t", "-c", path], capture_output=True, text=True, timeout=60)
        self.assertEqual(finished.returncode, 0, finished.stderr)

    def test_the_start_script_preloads_and_keeps_what_was_there(self):
        script = parts(self.snippet("gunicorn"))["start.sh"].replace(
            "exec gunicorn --config gunicorn.conf.py app:app", 'exec printf "%s\\n" "$LD_PRELOAD" "$MEMGOV_START_BYTES"'
        )
        variables = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
        for before, after in (({}, OBJECT), ({"LD_PRELOAD": OBJECT}, f"{OBJECT}:{OBJECT}")):
            finished = subprocess.run(
                ["sh", "-eu", "-c", script], env={**variables, **before}, capture_output=True, text=True, timeout=60
            )
            self.assertEqual(finished.returncode, 0, finished.stderr)
            self.assertEqual(finished.stdout.splitlines(), [after, "8M"])

    def test_gunicorn_names_the_threads_of_a_worker(self):
        module = types.ModuleType("gunicorn_conf")
        exec(compile(parts(self.snippet("gunicorn"))["gunicorn.conf.py"], "gunicorn.conf.py", "exec"), module.__dict__)
        module.post_worker_init(types.SimpleNamespace())  # a worker without threads
        with ThreadPoolExecutor(max_workers=3) as pool:
            module.post_worker_init(types.SimpleNamespace(tpool=pool, cfg=types.SimpleNamespace(threads=3)))
            together = threading.Barrier(3)

            def own_name(_):
                together.wait(30)
                with open(f"/proc/self/task/{threading.get_native_id()}/comm") as name:
                    return name.read().strip()

            self.assertEqual(sorted(pool.map(own_name, range(3))), ["request-0", "request-1", "request-2"])


class WhichObject(ToolTest):
    def test_it_is_found_beside_the_tool(self):
        beside = os.path.normpath(os.path.join(os.path.dirname(TOOL), "../../shim/libmemgov-system.so"))
        if not os.path.exists(beside):
            self.skipTest("the tool is not in a build tree")
        finished = self.tool("snippet", "systemd", "--engine", "system")
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assertRegex(finished.stdout, r"(?m)^Environment=LD_PRELOAD=/\S+/libmemgov-system\.so$")

    def test_its_folder_can_be_named(self):
        finished = self.tool("snippet", "systemd", environment={"MEMGOV_LIBRARY_DIR": self.folder})
        self.assertEqual(finished.returncode, 5)
        self.assertEqual(
            finished.stderr,
            f"memgov: libmemgov.so is in none of: {self.folder}. MEMGOV_LIBRARY_DIR names its folder\n",
        )
        shutil.copy(OBJECT, os.path.join(self.folder, "libmemgov.so"))
        finished = self.tool("snippet", "systemd", environment={"MEMGOV_LIBRARY_DIR": self.folder})
        self.assertIn(f"\nEnvironment=LD_PRELOAD={self.folder}/libmemgov.so\n", finished.stdout)

    def test_paths_that_cannot_be(self):
        for path in ("relative.so", "/with blank.so", "/a:b.so", '/"quoted".so'):
            finished = self.tool("snippet", "docker", "--library", path)
            self.assertEqual(finished.returncode, 2, path)
            self.assertEqual(finished.stdout, "")
            self.assertIn(path, finished.stderr)

    def test_a_kind_that_there_is_not(self):
        finished = self.tool("snippet", "apache")
        self.assertEqual(finished.returncode, 2)
        self.assertIn("apache", finished.stderr)
        self.assertIn("nginx", finished.stderr)


if __name__ == "__main__":
    unittest.main()

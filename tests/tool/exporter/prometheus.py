"""Debian's Prometheus scrapes the exporter, answers queries, knows the alerts; the dashboard's expressions run."""

import json
import os
import re
import shutil
import socket
import subprocess
import unittest
import urllib.parse

from running import PACKAGING, ExporterTest
from support import skip, wait_for

MIB = 1 << 20
DASHBOARD = os.path.join(PACKAGING, "grafana", "memgov.json")
# What Grafana puts in for "All", and for the intervals of a server that scrapes every second.
VARIABLES = {"$instance": ".*", "$command": ".*", "$pid": ".*", "$__rate_interval": "10s", "$__range": "10s"}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Prometheus(ExporterTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with open(DASHBOARD, encoding="utf-8") as file:
            cls.dashboard = json.load(file)

    def setUp(self):
        super().setUp()
        self.subject = self.governed(MEMGOV_BUDGET="300M")
        self.subject.say("hold io 64")
        _, exporter = self.exporter()
        self.metrics = self.page(exporter)
        self.start_prometheus(exporter.removeprefix("http://"))

    def start_prometheus(self, target):
        shutil.copy(os.path.join(PACKAGING, "prometheus", "alerts.yml"), self.folder)
        with open(os.path.join(PACKAGING, "prometheus", "scrape.yml"), encoding="utf-8") as file:
            text = file.read()
        self.assertIn("127.0.0.1:10646", text)
        text = text.replace("127.0.0.1:10646", target).replace("15s", "1s")
        configuration = os.path.join(self.folder, "scrape.yml")
        with open(configuration, "w", encoding="utf-8") as file:
            file.write(text)
        port = free_port()
        self.server = f"http://127.0.0.1:{port}"
        log = open(os.path.join(self.folder, "prometheus.log"), "w", encoding="utf-8")
        self.addCleanup(log.close)
        process = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={configuration}",
                f"--storage.tsdb.path={self.folder}/data",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=log,
            stderr=log,
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        wait_for(self.is_up, "a first scrape")

    def api(self, path, **parameters):
        status, _, text = self.get(
            f"{self.server}/api/v1/{path}?{urllib.parse.urlencode(parameters, doseq=True)}"
        )
        return (status, json.loads(text)["data"]) if status == 200 else (status, None)

    def is_up(self):
        try:
            return self.query('up{job="memgov"} == 1')
        except OSError:
            return False

    def query(self, expression):
        """The series; an expression that does not parse fails the test."""
        status, data = self.api("query", query=expression)
        if status == 503:  # it is still starting
            return []
        self.assertEqual(status, 200, expression)
        return data["result"]

    def test_answers_a_query(self):
        live = lambda: self.query(f'memgov_live_bytes{{pid="{self.subject.pid}"}} > {60 * MIB}')
        series = wait_for(live, "the live bytes of the subject")
        self.assertEqual(len(series), 1)
        self.assertTrue(series[0]["metric"]["command"].endswith("tool_subject"))
        self.assertEqual(series[0]["metric"]["job"], "memgov")
        hard = self.query(f'memgov_hard_budget_bytes{{pid="{self.subject.pid}"}}')
        self.assertEqual(float(hard[0]["value"][1]), 300 * MIB)

    def test_types_and_helps_arrive(self):
        metadata = lambda: self.api("metadata", metric="memgov_trimmed_bytes_total")[1]
        entry = wait_for(metadata, "metadata")["memgov_trimmed_bytes_total"][0]
        self.assertEqual((entry["type"], entry["help"]), ("counter", "What those passes took off the RSS"))

    def test_alerts_are_loaded_and_evaluated(self):
        def evaluated():
            rules = self.api("rules")[1]["groups"][0]["rules"]
            return rules if all(rule["health"] == "ok" for rule in rules) else None

        rules = wait_for(evaluated, "the first evaluation of all alerts")
        firing = {rule["name"] for rule in rules if rule["state"] == "firing"}
        self.assertLessEqual({"MemgovHardLimitHit", "MemgovExporterDown"} & firing, set())
        self.assertGreaterEqual(len(rules), 6)

    def expressions(self):
        for panel in self.dashboard["panels"]:
            for target in panel.get("targets", []):
                yield panel["title"], target["expr"]

    def test_every_expression_of_the_dashboard_runs(self):
        has_cgroup = "memgov_cgroup_memory_usage_bytes" in self.metrics.families
        checked = 0
        for title, expression in self.expressions():
            for name, value in VARIABLES.items():
                expression = expression.replace(name, value)
            self.assertNotIn("$", expression)
            for name in re.findall(r"memgov_\w+", expression):
                if has_cgroup or not name.startswith("memgov_cgroup_memory_"):
                    self.assertIn(name, self.metrics.families, title)
            unlimited = expression.endswith("< Inf")  # nothing to draw where there is no limit
            absent = "memgov_cgroup_memory_" in expression and not has_cgroup
            if unlimited or absent:
                self.query(expression)
            else:
                wait_for(lambda: self.query(expression), f"series for panel {title}: {expression}")
            checked += 1
        self.assertGreater(checked, 30)

    def test_the_query_of_the_page_runs(self):
        with open(os.path.join(PACKAGING, "..", "docs", "exporter.md"), encoding="utf-8") as file:
            query = re.search(r"Share of the limit by process:\n```\n(.*?)```", file.read(), re.DOTALL)[1]
        if "memgov_cgroup_memory_limit_bytes" in self.metrics.families:
            shares = wait_for(lambda: self.query(query), query)
            self.assertIn(str(self.subject.pid), [series["metric"]["pid"] for series in shares])
        self.query(query)

    def test_variables_of_the_dashboard_have_values(self):
        for variable in self.dashboard["templating"]["list"][1:]:
            match = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"])
            selector, label = match[1], match[2]
            for name, value in VARIABLES.items():
                selector = selector.replace(name, value)
            values = wait_for(
                lambda: self.api(f"label/{label}/values", **{"match[]": selector})[1], variable["name"]
            )
            if label == "pid":
                self.assertIn(str(self.subject.pid), values)


if __name__ == "__main__":
    if not shutil.which("prometheus"):
        skip("prometheus is not installed (package prometheus)")
    unittest.main()

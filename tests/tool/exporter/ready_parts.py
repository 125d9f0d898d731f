"""packaging/prometheus by promtool, and packaging/grafana by what Grafana's import asks for."""

import json
import os
import shutil
import subprocess
import unittest

from running import PACKAGING
from support import skip

PROMETHEUS = os.path.join(PACKAGING, "prometheus")
DASHBOARD = os.path.join(PACKAGING, "grafana", "memgov.json")


class Prometheus(unittest.TestCase):
    def promtool(self, *arguments):
        finished = subprocess.run(
            ["promtool", *arguments], cwd=PROMETHEUS, capture_output=True, text=True, timeout=100
        )
        self.assertEqual(finished.returncode, 0, finished.stdout + finished.stderr)
        return finished.stdout

    def test_rules(self):
        self.promtool("check", "rules", "alerts.yml")

    def test_configuration(self):
        self.promtool("check", "config", "scrape.yml")

    def test_every_alert_fires_and_stays_quiet(self):
        self.promtool("test", "rules", "alerts_test.yml")
        with open(os.path.join(PROMETHEUS, "alerts.yml"), encoding="utf-8") as file:
            alerts = [line.split()[-1] for line in file if line.strip().startswith("- alert:")]
        with open(os.path.join(PROMETHEUS, "alerts_test.yml"), encoding="utf-8") as file:
            cases = file.read().split("  - name: ")[1:]
        self.assertGreaterEqual(len(alerts), 6)
        for alert in alerts:
            own = [case for case in cases if f"alertname: {alert}\n" in case]
            self.assertTrue(
                any("exp_alerts: []" not in case for case in own), f"{alert}: no case in which it fires"
            )
            self.assertTrue(
                any("exp_alerts: []" in case for case in own), f"{alert}: no case in which it does not"
            )


class Grafana(unittest.TestCase):
    def setUp(self):
        with open(DASHBOARD, encoding="utf-8") as file:
            self.dashboard = json.load(file)

    def panels(self):
        return [panel for panel in self.dashboard["panels"] if panel["type"] != "row"]

    def test_is_a_dashboard(self):
        self.assertEqual(self.dashboard["uid"], "memgov")
        self.assertIsNone(self.dashboard["id"])
        self.assertGreaterEqual(self.dashboard["schemaVersion"], 36)
        self.assertTrue(self.dashboard["title"])

    def test_variables(self):
        variables = {variable["name"]: variable for variable in self.dashboard["templating"]["list"]}
        self.assertEqual(list(variables), ["datasource", "instance", "command", "pid"])
        self.assertEqual(variables["datasource"]["type"], "datasource")
        for name in ("instance", "command", "pid"):
            self.assertTrue(variables[name]["query"]["query"].startswith("label_values(memgov_info"))
            self.assertTrue(variables[name]["includeAll"])

    def test_panels_have_ids_targets_and_the_datasource_variable(self):
        ids = [panel["id"] for panel in self.dashboard["panels"]]
        self.assertEqual(len(ids), len(set(ids)))
        for panel in self.panels():
            self.assertTrue(panel["title"])
            self.assertTrue(panel["targets"], panel["title"])
            self.assertEqual(len({target["refId"] for target in panel["targets"]}), len(panel["targets"]))
            for part in [panel, *panel["targets"]]:
                self.assertEqual(part["datasource"], {"type": "prometheus", "uid": "${datasource}"})
            for target in panel["targets"]:
                self.assertTrue(target["expr"], panel["title"])

    def test_panels_do_not_overlap(self):
        taken = set()
        for panel in self.dashboard["panels"]:
            place = panel["gridPos"]
            self.assertLessEqual(place["x"] + place["w"], 24, panel["title"])
            cells = {
                (x, y)
                for x in range(place["x"], place["x"] + place["w"])
                for y in range(place["y"], place["y"] + place["h"])
            }
            self.assertFalse(cells & taken, panel["title"])
            taken |= cells


if __name__ == "__main__":
    if not shutil.which("promtool"):
        skip("promtool is not installed (package prometheus)")
    unittest.main()

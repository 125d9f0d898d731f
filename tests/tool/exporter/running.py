"""An exporter that runs, its page parsed, and the ready parts of packaging/."""

import os
import re
import subprocess
import urllib.request

from support import PATIENCE_S, TOOL, ToolTest

PACKAGING = os.path.join(os.path.dirname(os.path.abspath(__file__)), *[".."] * 3, "packaging")
SAMPLE = re.compile(r"([a-z_]+)(?:\{(.*)\})? (\S+)")
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"(?:,|$)')


class Page:
    """Families in the order of the text: {name: (type, [(labels, value), ...])}."""

    def __init__(self, text):
        self.text = text
        self.families = {}
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                _, _, name, kind = line.split(" ")
                assert name not in self.families, f"{name} is there twice"
                self.families[name] = (kind, [])
            elif not line.startswith("#"):
                name, labels, value = SAMPLE.fullmatch(line).groups()
                assert name == list(self.families)[-1], f"{name} stands in another family"
                self.families[name][1].append((dict(LABEL.findall(labels or "")), float(value)))

    def value(self, name, **labels):
        """The one value whose labels include these."""
        values = self.values(name, **labels)
        assert len(values) == 1, f"{name} {labels}: {values}"
        return values[0]

    def values(self, name, **labels):
        samples = self.families.get(name, ("", []))[1]
        return [value for have, value in samples if labels.items() <= have.items()]


class ExporterTest(ToolTest):
    def exporter(self, *arguments, listen="127.0.0.1:0"):
        """(process, base URL)"""
        process = subprocess.Popen(
            [TOOL, "exporter", "--listen", listen, *arguments],
            env={**os.environ, "MEMGOV_DIR": self.folder},
            stderr=subprocess.PIPE,
            text=True,
        )

        def end():
            process.kill()
            process.wait()
            process.stderr.close()

        self.addCleanup(end)
        line = process.stderr.readline()
        match = re.fullmatch(r"memgov: metrics at (http://.*)/metrics\n", line)
        self.assertTrue(match, line)
        return process, match[1]

    def get(self, url):
        """(status line's number, content type, text)"""
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
                return answer.status, answer.headers["Content-Type"], answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers["Content-Type"], ""

    def page(self, base):
        status, content_type, text = self.get(base + "/metrics")
        self.assertEqual((status, content_type), (200, "text/plain; version=0.0.4; charset=utf-8"))
        return Page(text)

    def once(self, *arguments):
        finished = self.tool("exporter", "--once", *arguments)
        self.assertEqual(finished.returncode, 0, finished.stderr)
        return Page(finished.stdout)

    def governed(self, **options):
        subject = self.start(**options)
        self.wait_until_listed(subject)
        return subject

"""memgov report: a real recording, its page opened in headless Chromium."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from png import count_colours
from support import TOOL, ToolTest, skip, wait_for

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
DESKTOP = (1280, 900)
PHONE = (390, 844)
LIGHT_BLUE_LINE = (0x00, 0x72, 0xB2)  # RSS
DARK_BLUE_LINE = (0x4A, 0xA8, 0xE0)
CHARTS = ("memory", "given-back", "ladder", "pools-held", "pools-live", "faults")

# Runs in the page; what it finds ends up in the dumped document.
MEASURE = """
const overlap = (a, b) => a.right > b.left + 1 && b.right > a.left + 1 && a.bottom > b.top + 1 && b.bottom > a.top + 1;
const overlapping = [];
for (const group of document.querySelectorAll('.times, .values, .legend, dl.head')) {
  const boxes = [...group.children].filter(c => getComputedStyle(c).display !== 'none').map(c => c.getBoundingClientRect());
  boxes.forEach((box, i) => boxes.slice(i + 1).forEach(other => {
    if (overlap(box, other)) overlapping.push(group.parentElement.parentElement.id + ' ' + group.className);
  }));
}
const outside = [...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll') && !e.closest('svg'))
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1)
  .map(e => e.tagName + '.' + e.className);
const plot = document.querySelector('#memory .plot'), box = plot.getBoundingClientRect();
plot.dispatchEvent(new PointerEvent('pointermove', {clientX: box.left + box.width / 2, clientY: box.top + 5}));
document.body.dataset.found = JSON.stringify({
  width: innerWidth, page_width: document.documentElement.scrollWidth, overlapping, outside,
  tip: plot.querySelector('.tip') ? plot.querySelector('.tip').innerText : ''});
"""


class Page(ToolTest):
    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.mkdtemp(prefix="memgov-page-")
        cls.addClassCleanup(shutil.rmtree, cls.home, ignore_errors=True)

    def setUp(self):
        super().setUp()
        self.recording = os.path.join(self.folder, "web.jsonl")
        self.page = os.path.join(self.folder, "web.html")

    def samples(self):
        if not os.path.exists(self.recording):
            return 0
        with open(self.recording, encoding="utf-8") as file:
            return sum(1 for line in file) - 1

    def knows_io(self):
        if not os.path.exists(self.recording):
            return False
        with open(self.recording, encoding="utf-8") as file:
            return '{"pool":"io"' in file.read()

    def make_page(self):
        """Of a process that takes memory, gives it back, and ends."""
        subject = self.start(MEMGOV_BUDGET="200M")
        subject.say("hold parse 8")
        self.wait_until_listed(subject)
        recorder = subprocess.Popen(
            [TOOL, "record", str(subject.pid), "-o", self.recording, "--interval", "50ms", "--duration", "inf"],
            env={**os.environ, "MEMGOV_DIR": self.folder},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.addCleanup(recorder.wait)
        self.addCleanup(recorder.kill)
        wait_for(self.knows_io, "the name of the threads")
        for words in ("hold io 64", "fragment parse 32", "free io", "free parse", "hold io 16"):
            subject.say(words)
            seen = self.samples()
            wait_for(lambda: self.samples() >= seen + 10, "ten samples more")
        self.tool("release", subject.pid)
        seen = self.samples()
        wait_for(lambda: self.samples() >= seen + 10, "ten samples more")
        subject.stop()
        self.assertEqual(recorder.wait(60), 0)
        finished = self.tool("report", self.recording)
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assertIn(f"Page: {self.page}", finished.stdout)
        return finished.stdout

    def chromium(self, page, size, *arguments):
        profile = tempfile.mkdtemp(dir=self.home)
        finished = subprocess.run(
            [
                CHROMIUM,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--virtual-time-budget=1000",
                f"--user-data-dir={profile}",
                f"--window-size={size[0]},{size[1]}",
                *arguments,
                f"file://{page}",
            ],
            capture_output=True,
            text=True,
            timeout=120,
        )
        self.assertEqual(finished.returncode, 0, finished.stderr)
        return finished.stdout

    def read_page(self):
        with open(self.page, encoding="utf-8") as file:
            return file.read()

    def measure(self, size):
        """The page with MEASURE in it, allowed by the page's own nonce."""
        html = self.read_page()
        nonce = re.search(r'<script nonce="(\w+)">', html).group(1)
        measured = os.path.join(self.folder, "measured.html")
        with open(measured, "w", encoding="utf-8") as file:
            file.write(html.replace("</body>", f'<script nonce="{nonce}">{MEASURE}</script></body>'))
        found = re.search(r'data-found="([^"]*)"', self.chromium(measured, size, "--dump-dom"))
        self.assertIsNotNone(found)
        return json.loads(found.group(1).replace("&quot;", '"').replace("&amp;", "&"))

    def test_charts_are_in_the_document(self):
        words = self.make_page()
        dom = self.chromium(self.page, DESKTOP, "--dump-dom")
        for chart in CHARTS:
            self.assertRegex(dom, rf'<section class="chart" id="{chart}">')
            self.assertRegex(dom, rf'<title id="{chart}-title">[^<]+</title><desc id="{chart}-text">[^<]+</desc>')
        for series in ("RSS", "held", "live", "dirty", "soft budget", "hard budget"):
            path = re.search(rf'data-series="{series}" d="(M[^"]+)"', dom)
            self.assertIsNotNone(path, series)
            self.assertGreaterEqual(path.group(1).count("L"), 20, series)
        self.assertRegex(dom, r'class="area s\d" data-series="io"')
        live = re.search(r"<td>io</td><td>4</td><td>(\d+\.\d) MB</td>", dom)
        self.assertGreater(float(live.group(1)), 32)  # of 64, by sampling
        self.assertIn("<li>The recording ends because the process did.</li>", dom)
        self.assertIn("The recording ends because the process did.", words)

    def test_desktop_and_phone(self):
        self.make_page()
        for size in (DESKTOP, PHONE):
            found = self.measure(size)
            self.assertEqual(found["width"], size[0])
            self.assertLessEqual(found["page_width"], size[0])
            self.assertEqual(found["overlapping"], [])
            self.assertEqual(found["outside"], [])
            self.assertRegex(found["tip"], r"UTC, \d+\.\d s")
            self.assertRegex(found["tip"], r"RSS\s+\d+\.\d MB")

    def test_pictures(self):
        self.make_page()
        for size in (DESKTOP, PHONE):
            picture = os.path.join(self.folder, f"page-{size[0]}.png")
            self.chromium(self.page, size, f"--screenshot={picture}")
            width, height, colours = count_colours(picture)
            self.assertEqual((width, height), size)
            blue = sum(colours.get(colour, 0) for colour in (LIGHT_BLUE_LINE, DARK_BLUE_LINE))
            self.assertGreater(blue, 100)

    def test_nothing_from_outside_runs(self):
        self.make_page()
        html = self.read_page()
        evil = os.path.join(self.folder, "evil.html")
        with open(evil, "w", encoding="utf-8") as file:
            file.write(html.replace("</body>", "<script>document.body.dataset.evil = 'ran'</script></body>"))
        self.assertNotIn('data-evil="ran"', self.chromium(evil, DESKTOP, "--dump-dom"))
        self.assertNotRegex(html, r"https?:|src=|href=|url\(|@import")

    def test_as_json(self):
        self.make_page()
        summary = self.tool_json("report", self.recording, "--json")
        self.assertEqual(summary["ended"], "process")
        self.assertGreater(summary["peak_resident_bytes"], 64 << 20)
        self.assertIn("io", [pool["pool"] for pool in summary["pools"]])

    def assert_fails(self, status, words, path, *arguments):
        finished = self.tool("report", path, *arguments)
        self.assertEqual(finished.returncode, status, finished.stderr)
        self.assertEqual(len(finished.stderr.splitlines()), 1, finished.stderr)
        self.assertIn(words, finished.stderr)

    def test_bad_recordings(self):
        with open(self.recording, "wb") as file:
            file.write(b"\x00\xff<html>\n" * 100)
        self.assert_fails(5, f"{self.recording}: line 1: this is no recording", self.recording)
        self.assert_fails(3, "/nowhere.jsonl", "/nowhere.jsonl")
        self.assert_fails(5, "is not a regular file", "/dev/zero")
        self.assertFalse(os.path.exists(self.page))


if __name__ == "__main__":
    if not CHROMIUM:
        skip("there is no chromium; Debian's package is chromium")
    unittest.main()

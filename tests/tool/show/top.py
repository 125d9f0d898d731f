"""memgov top on a real terminal (tmux), and in a pipe."""

import json
import os
import pty
import shutil
import signal
import subprocess
import unittest

from support import TOOL, ToolTest, all_of_terminal, wait_for


class Terminal:
    """A tmux of its own with one pane, in which a shell runs."""

    def __init__(self, folder):
        self.socket = os.path.join(folder, "tmux")
        environment = {**os.environ, "MEMGOV_DIR": folder, "LC_ALL": "C.UTF-8", "TERM": "xterm"}
        for name in ("LD_PRELOAD", "TMUX", "NO_COLOR"):
            environment.pop(name, None)
        self.environment = environment

    def start(self, width, height):
        self.run("-f", "/dev/null", "new-session", "-d", "-x", str(width), "-y", str(height), "/bin/sh")
        self.run("set-option", "-g", "status", "off")
        self.run("resize-window", "-x", str(width), "-y", str(height))
        wait_for(lambda: self.text().strip(), "a prompt")

    def run(self, *arguments):
        finished = subprocess.run(
            ["tmux", "-S", self.socket, "-u", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert finished.returncode == 0, finished.stderr
        return finished.stdout

    def text(self, *options):
        return self.run("capture-pane", "-p", *options)

    def lines(self):
        return self.text().split("\n")

    def type(self, *keys):
        self.run("send-keys", *keys)

    def resize(self, width, height):
        self.run("resize-window", "-x", str(width), "-y", str(height))

    def stop(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], env=self.environment, capture_output=True)


@unittest.skipUnless(shutil.which("tmux"), "needs tmux")
class TopOnATerminal(ToolTest):
    def setUp(self):
        super().setUp()
        self.large = self.start(MEMGOV_BUDGET="300M")
        self.small = self.start()
        for subject in (self.large, self.small):
            self.wait_until_listed(subject)
        self.large.say("hold io 64")
        self.small.say("hold parse 4")

    def open(self, width=80, height=24, arguments="--interval 200ms"):
        terminal = Terminal(self.folder)
        self.addCleanup(terminal.stop)
        terminal.start(width, height)
        terminal.type(f"'{TOOL}' top {arguments}; echo status $?", "Enter")
        wait_for(lambda: "pools of" in terminal.text() or "COMMAND" in terminal.text(), "top's screen")
        return terminal

    def rows(self, terminal):
        """The pids of the list, from the top."""
        wanted = {str(self.large.pid), str(self.small.pid)}
        words = [line.replace(">", " ").split() for line in terminal.lines()]
        return [int(line[0]) for line in words if line and line[0] in wanted]

    def test_sorts_selects_and_ends(self):
        terminal = self.open()
        wait_for(lambda: self.rows(terminal) == [self.large.pid, self.small.pid], "the larger one first")
        wait_for(lambda: "q quit" in terminal.lines()[23], "the last line")
        terminal.type("p")
        by_pid = sorted([self.large.pid, self.small.pid])
        wait_for(lambda: "by pid" in terminal.text() and self.rows(terminal) == by_pid, "order by pid")
        for key, name in (("l", "live"), ("h", "held"), ("r", "rung"), ("m", "rss")):
            terminal.type(key)
            wait_for(lambda name=name: f"by {name}" in terminal.text(), f"order by {name}")
        terminal.type("Down")
        wait_for(lambda: f"pools of {self.small.pid}" in terminal.text(), "the pools of the second")
        wait_for(
            lambda: any(line.startswith(">") and str(self.small.pid) in line for line in terminal.lines()), "its mark"
        )
        terminal.type("k")
        wait_for(lambda: f"pools of {self.large.pid}" in terminal.text(), "the pools of the first")
        wait_for(lambda: "█" in terminal.text(), "a bar")
        terminal.type("q")
        wait_for(lambda: "status 0" in terminal.text(), "its end")
        self.assertNotIn("pools of", terminal.text(), "the screen is as it was")

    def test_is_live(self):
        terminal = self.open()
        wait_for(lambda: self.rows(terminal)[:1] == [self.large.pid], "the list")
        self.small.say("hold parse 128")
        wait_for(lambda: self.rows(terminal)[:1] == [self.small.pid], "the other one first")
        self.large.stop()
        wait_for(lambda: self.rows(terminal) == [self.small.pid], "one process less")

    def test_follows_the_size_of_the_terminal(self):
        terminal = self.open(80, 24, "--interval 1h")
        for width, height in ((40, 12), (20, 5), (132, 40), (80, 24)):
            terminal.resize(width, height)

            def fits(width=width, height=height):
                lines = terminal.lines()[:height]
                whole = "COMMAND" in lines[1] and "q quit" in lines[height - 1]
                return whole and max(map(len, lines)) <= width

            wait_for(fits, f"{width} columns of {height} lines")

    def test_gives_the_terminal_back(self):
        terminal = self.open()
        for end in ("C-c", signal.SIGTERM, signal.SIGHUP):
            if isinstance(end, str):
                terminal.type(end)
            else:
                pane = int(terminal.run("display-message", "-p", "#{pane_pid}"))
                with open(f"/proc/{pane}/task/{pane}/children") as file:
                    os.kill(int(file.read().split()[0]), end)
            wait_for(lambda: "status 0" in terminal.text(), f"the end by {end}")
            terminal.type("stty -a; echo all of it", "Enter")
            wait_for(lambda: "\nall of it" in terminal.text(), "the terminal's modes")
            self.assertRegex(terminal.text(), r"(?<!-)icanon")
            self.assertRegex(terminal.text(), r" echo ")
            self.assertEqual(terminal.run("display-message", "-p", "#{cursor_flag}#{alternate_on}").strip(), "10")
            terminal.type("clear", "Enter")
            wait_for(lambda: "status" not in terminal.text(), "a clear screen")
            terminal.type(f"'{TOOL}' top; echo status $?", "Enter")
            wait_for(lambda: "COMMAND" in terminal.text(), "top again")

    def test_stops_and_goes_on(self):
        terminal = self.open()
        terminal.type("C-z")
        wait_for(lambda: "pools of" not in terminal.text(), "the shell's screen")
        terminal.type("fg; echo ended $?", "Enter")
        wait_for(lambda: "pools of" in terminal.text(), "top's screen")
        terminal.type("q")
        wait_for(lambda: "ended 0" in terminal.text(), "its end")

    def test_colour_only_where_it_is_wanted(self):
        self.large.say("hold io 200")
        terminal = self.open()
        terminal.type("p")
        coloured = lambda: any(code in terminal.text("-e") for code in ("\x1b[36m", "\x1b[33m"))
        wait_for(coloured, "colours")
        terminal.type("q")
        wait_for(lambda: "status 0" in terminal.text(), "its end")
        terminal.type(f"clear; NO_COLOR=1 '{TOOL}' top", "Enter")
        wait_for(lambda: "COMMAND" in terminal.text(), "top again")
        self.assertFalse(coloured())


class TopInAPipe(ToolTest):
    def setUp(self):
        super().setUp()
        self.subject = self.start()
        self.wait_until_listed(self.subject)

    def test_prints_so_many_plain_frames(self):
        finished = self.tool("top", "-n", "3", "--interval", "50ms")
        self.assertEqual(finished.returncode, 0)
        self.assertEqual(finished.stdout.count("COMMAND"), 3)
        self.assertIn(str(self.subject.pid), finished.stdout)
        self.assertNotIn("\x1b", finished.stdout)

    def test_prints_a_line_of_json_each_time(self):
        lines = self.tool("top", "-n", "2", "--interval", "50ms", "--json").stdout.splitlines()
        self.assertEqual(len(lines), 2)
        for line in lines:
            self.assertIn(self.subject.pid, [row["pid"] for row in json.loads(line)["processes"]])

    def test_refuses_odd_intervals_and_columns(self):
        for options in (("--interval", "1ms"), ("--interval", "soon"), ("--sort", "colour"), ("-n", "0"), ("-n", "x")):
            finished = self.tool("top", *options)
            self.assertEqual(finished.returncode, 2, options)
            self.assertIn(options[1], finished.stderr)

    def endless(self, **options):
        environment = {**os.environ, "MEMGOV_DIR": self.folder}
        return subprocess.Popen([TOOL, "top", "--interval", "50ms"], env=environment, **options)

    def test_ends_when_nobody_reads(self):
        process = self.endless(stdout=subprocess.PIPE)
        process.stdout.readline()
        process.stdout.close()
        self.assertIn(process.wait(timeout=30), (0, -signal.SIGPIPE))

    def test_ends_by_a_signal(self):
        process = self.endless(stdout=subprocess.PIPE)
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=30), 0)
        process.stdout.close()

    def test_ends_with_its_terminal(self):
        master, terminal = pty.openpty()
        process = self.endless(stdin=terminal, stdout=terminal)
        os.close(terminal)
        os.read(master, 1)
        os.close(master)
        self.assertIn(process.wait(timeout=30), (0, -signal.SIGHUP, -signal.SIGPIPE))

    def test_a_dumb_terminal_gets_plain_frames(self):
        master, terminal = pty.openpty()
        environment = {**os.environ, "MEMGOV_DIR": self.folder, "TERM": "dumb"}
        process = subprocess.Popen([TOOL, "top", "-n", "1"], env=environment, stdout=terminal)
        process.wait(timeout=30)
        os.close(terminal)
        text = all_of_terminal(master)
        self.assertIn("COMMAND", text)
        self.assertNotIn("\x1b", text)


if __name__ == "__main__":
    if not shutil.which("tmux"):
        print("without tmux only the tests in a pipe run")
    unittest.main()

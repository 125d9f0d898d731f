"""Figures of several interleaved runs, and what the loads' reports say about one allocator."""

import dataclasses
import math
import statistics


@dataclasses.dataclass(frozen=True)
class Figure:
    median: float
    lowest: float
    highest: float

    @staticmethod
    def of(values):
        return Figure(statistics.median(values), min(values), max(values))

    def text(self, form="{:.2f}"):
        """ "1.02 (0.98..1.05)"; without the range where there was one run."""
        middle = form.format(self.median)
        if self.lowest == self.highest:
            return middle
        return f"{middle} ({form.format(self.lowest)}..{form.format(self.highest)})"


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(value) for value in values))


class Load:
    """A report of `gateway_load compare --json`."""

    def __init__(self, report):
        self.report = report
        self._runs = {result["allocator"]: result["runs"] for result in report["results"]}

    def names(self):
        return [name for name, runs in self._runs.items() if runs]

    def has(self, *names):
        return all(self._runs.get(name) for name in names)

    def figure(self, name, key):
        """None where no run has it."""
        values = [run[key] for run in self._runs.get(name, []) if run[key] is not None]
        return Figure.of(values) if values else None

    def ratio(self, name, other, key):
        """Of the medians; its range is that of the runs' own ratios, each pair from one round."""
        own, others = self._runs[name], self._runs[other]
        rounds = [one[key] / two[key] for one, two in zip(own, others)]
        middle = self.figure(name, key).median / self.figure(other, key).median
        return Figure(middle, min(rounds), max(rounds))

    def errors(self, name):
        result = next(result for result in self.report["results"] if result["allocator"] == name)
        return result["errors"] + len(result["failures"])

    def live(self, key):
        """None where live bytes were not counted."""
        return self.report["live"][key] if self.report["live"] else None


class Micro:
    """A report of benchmarks/micro/compare.py --json."""

    def __init__(self, report):
        self._times = report["times_ns"]

    def has(self, *names):
        return all(self._times.get(name) for name in names)

    def names(self):
        return [name for name, times in self._times.items() if times]

    def benchmarks(self):
        return list(next(iter(self._times.values())))

    def nanoseconds(self, name, benchmark):
        return Figure.of(self._times[name][benchmark])

    def ratio(self, name, other, benchmarks):
        """The geometric mean over some benchmarks of time against another's; range over the rounds."""

        def mean(pick):
            return geometric_mean(
                [pick(self._times[name][each]) / pick(self._times[other][each]) for each in benchmarks]
            )

        rounds = range(len(self._times[name][benchmarks[0]]))
        per_round = [mean(lambda times, at=at: times[at]) for at in rounds]
        return Figure(mean(statistics.median), min(per_round), max(per_round))

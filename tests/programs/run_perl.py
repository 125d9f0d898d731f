"""perl: hashes, regular expressions, sorting, fork, threads."""

import harness

DATA = """
use strict; my (%count, @list);
for my $i (0 .. 200000) { my $key = "key" . ($i * 7919 % 30011); $count{$key} .= $i; push @list, $key if $i % 3 == 0; }
my @sorted = sort { length($count{$a}) <=> length($count{$b}) || $a cmp $b } keys %count;
my $text = join ",", @sorted; my $hits = () = $text =~ /key(\\d)\\1/g;
print scalar(@list), " $hits $sorted[0] $sorted[-1] ", length($text), "\\n";
"""

FORK = """
use strict; my @children; my @block = map { "x" x $_ } 1 .. 2000;
for my $i (1 .. 50) {
  my $child = fork(); die unless defined $child;
  if (!$child) { my %own = map { $_ => "y" x $_ } 1 .. 500; exit(scalar(keys %own) == 500 ? $i % 7 : 99); }
  push @children, $child;
}
print join(" ", map { waitpid($_, 0); $? >> 8 } @children), "\\n";
"""

THREADS = """
use strict; use threads;
my @threads = map { my $n = $_; threads->create(sub { my %own = map { $_ => "z" x ($_ % 300) } 1 .. 3000;
  my $sum = 0; $sum += length for values %own; $sum + $n }) } 1 .. 16;
print join(" ", map { $_->join } @threads), "\\n";
"""


class PerlTest(harness.ProgramTest):
    def test_object_is_mapped(self):
        self.assert_maps_object(["perl", "-"])

    def test_data(self):
        self.assert_same(["perl", "-e", DATA])

    def test_fork(self):
        self.assert_same(["perl", "-e", FORK])

    def test_threads(self):
        self.assert_same(["perl", "-e", THREADS])


if __name__ == "__main__":
    harness.need("perl")
    harness.main()

"""bash, and the small tools that a shell script calls."""

import harness

STRINGS = """
text=; declare -A seen; declare -a list
for ((i = 0; i < 20000; i++)); do text+=$i; list+=("$i"); seen[$((i * 7919 % 5000))]=$i; done
echo "${#text} ${#list[@]} ${#seen[@]} ${text:5000:60} ${seen[42]}"
printf '%s\\n' "${list[@]}" | sort -r | tail -n 3
"""

# Subshells, pipes, command substitution and background jobs: forks without exec, and with.
FORKS = """
for i in {1..60}; do inner=$(echo "$i" | tr 0-9 a-j); (inner+=$i; echo "$inner" >/dev/null); all+=$inner; done
echo "$all"
for i in {1..20}; do (exit $((i % 5))) & jobs+=($!); done
for job in "${jobs[@]}"; do wait "$job"; echo -n "$? "; done
"""

TOOLS = """
set -e
seq 200000 >numbers
sort -rn --parallel=4 numbers | md5sum
awk '{sum += $1; seen[$1 % 1000] = $0} END {print sum, length(seen)}' numbers
sed 's/1/one/g' numbers | grep -c one
tar -cf - numbers | gzip -c | gzip -dc | tar -tf -
find /usr/share/doc -maxdepth 1 | head -n 2000 | xargs -n 50 basename -a | sort | md5sum
sh -c true
"""


class ShellTest(harness.ProgramTest):
    def test_object_is_mapped(self):
        self.assert_maps_object(["bash", "-s"])

    def test_strings_and_arrays(self):
        self.assert_same(["bash", "-c", STRINGS])

    def test_forks(self):
        self.assert_same(["bash", "-c", FORKS])

    def test_tools(self):
        self.assert_same(["bash", "-c", TOOLS])


if __name__ == "__main__":
    harness.need("bash", "awk")
    harness.main()

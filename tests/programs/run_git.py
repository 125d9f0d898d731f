"""git: init, commit, gc, clone, log of a repository made up here, the same object by object."""

import harness

SCRIPT = """
set -e
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
mkdir "$1" && cd "$1"
git init -q -b main made && cd made
git config pack.threads 4 && git config gc.auto 0
for commit in 1 2 3 4 5 6 7 8; do
  mkdir -p "folder$commit"
  for file in $(seq 40); do seq "$((file * commit))" "$((file * commit + 600))" >"folder$commit/file$file"; done
  seq "$commit" 3000 >changing
  git add -A
  export GIT_AUTHOR_DATE="170000000$commit +0000" GIT_COMMITTER_DATE="170000000$commit +0000"
  git commit -q -m "commit $commit"
done
git gc -q --aggressive --prune=now
git fsck --full --no-progress
git log --stat | md5sum
git rev-list --objects --all | sort | md5sum
git diff HEAD~5 HEAD | md5sum
git blame changing | md5sum
cd .. && git clone -q --no-local made cloned
git -C cloned rev-parse HEAD
git -C cloned status --porcelain
git -C cloned grep -c 333 | md5sum
"""


class GitTest(harness.ProgramTest):
    def test_object_is_mapped(self):
        self.assert_maps_object(["git", "hash-object", "--stdin"])

    def test_repository(self):
        plain = self.run_program(["bash", "-c", SCRIPT, "script", "plain"], preload=False, seconds=120)
        self.assertEqual(plain[0], 0, plain)
        under = self.run_program(["bash", "-c", SCRIPT, "script", "under"], preload=True, seconds=120)
        self.assertEqual(under, plain)


if __name__ == "__main__":
    harness.need("git")
    harness.main()

"""sqlite3: a database on disk and one in memory."""

import harness

SCRIPT = """
PRAGMA cache_size=-20000;
CREATE TABLE request(id INTEGER PRIMARY KEY, client TEXT, body TEXT, bytes INTEGER);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 60000)
  INSERT INTO request SELECT i, 'client' || (i % 97), hex(zeroblob(i % 200)), i * 31 % 7919 FROM n;
CREATE INDEX by_client ON request(client, bytes);
SELECT client, count(*), sum(length(body)), max(bytes) FROM request GROUP BY client ORDER BY 3 DESC, 1 LIMIT 10;
SELECT group_concat(id) FROM (SELECT id FROM request ORDER BY bytes, body DESC, id LIMIT 200);
UPDATE request SET body = body || 'x' WHERE id % 3 = 0;
DELETE FROM request WHERE id % 5 = 0;
VACUUM;
PRAGMA integrity_check;
SELECT count(*), sum(length(body)) FROM request;
"""


class SqliteTest(harness.ProgramTest):
    def test_object_is_mapped(self):
        self.assert_maps_object(["sqlite3", "-batch", ":memory:"])

    def test_in_memory(self):
        self.assert_same(["sqlite3", "-batch", ":memory:"], text=SCRIPT)

    def test_on_disk(self):
        # The first run leaves a database behind; a name with the process id gives each run its own.
        command = [
            "sh",
            "-c",
            'sqlite3 -batch "$$.db" && sqlite3 -batch "$$.db" "SELECT count(*) FROM request"',
        ]
        self.assertIn("ok\n48000|", self.assert_same(command, text=SCRIPT))


if __name__ == "__main__":
    harness.need("sqlite3")
    harness.main()

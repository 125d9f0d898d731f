"""What comes back of many small objects: pymalloc (the default) against PYTHONMALLOC=malloc.

  python3 small_objects.py
  PYTHONMALLOC=malloc LD_PRELOAD=libmemgov.so python3 small_objects.py

Parses documents of small values in four threads, keeps one value in 200 (a cache, a session), drops the rest,
and prints RSS before, at the top, and two seconds after.
"""

from __future__ import annotations

import concurrent.futures
import gc
import json
import os
import pathlib
import sys
import time
from typing import Any, List

_HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(_HERE.parent.parent / "packaging" / "python"))
import memgov  # noqa: E402

_VALUES = 60_000
_KEPT_OF = 200
_DOCUMENTS = 8


def rss_mb() -> int:
    """Now."""
    pages = int(pathlib.Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20


def parse(number: int) -> List[Any]:
    """A document of small values."""
    text = json.dumps(
        [{"id": at, "name": f"value {number} {at}", "tags": [str(at)]} for at in range(_VALUES)]
    )
    return json.loads(text)


def main() -> None:
    """Three figures on one line."""
    base = rss_mb()
    began = time.process_time()
    with concurrent.futures.ThreadPoolExecutor(4, thread_name_prefix="parse") as pool:
        documents = list(pool.map(parse, range(_DOCUMENTS)))
        seconds = time.process_time() - began
        top = rss_mb()
        kept = [document[::_KEPT_OF] for document in documents]
        del documents
        gc.collect()
        time.sleep(2)
        name = f"{os.environ.get('PYTHONMALLOC', 'pymalloc')}, {memgov.version() or 'no memgov'}"
        print(f"{name:24} base {base} MB, top {top} MB, after {rss_mb()} MB, {seconds:.2f} s of CPU")
    assert len(kept) == _DOCUMENTS


if __name__ == "__main__":
    main()

// malloc_stats prints on stderr, and only there.
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "preload_check.h"

namespace {
off_t BytesIn(FILE* file) { return lseek(fileno(file), 0, SEEK_END); }
}  // namespace

int main() {
  FILE* caught_stdout = tmpfile();
  FILE* caught_stderr = tmpfile();
  CHECK(caught_stdout && caught_stderr);
  const int kept_stderr = dup(2);
  CHECK(dup2(fileno(caught_stdout), 1) == 1 && dup2(fileno(caught_stderr), 2) == 2);
  malloc_stats();
  fflush(nullptr);
  dup2(kept_stderr, 2);
  CHECK_EQ(BytesIn(caught_stdout), 0);
  CHECK(BytesIn(caught_stderr) > 20);
}

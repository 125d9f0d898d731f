// Blocks that libc allocates for its callers are freed, and resized, with the allocator in force.
#include <stdio.h>
#include <stdlib.h>

#include "preload_check.h"

namespace {
void CheckStrings() {
  char* copy = strdup("gateway");
  CHECK(copy && strcmp(copy, "gateway") == 0);
  free(copy);
  copy = strndup("gateway", 4);
  CHECK(copy && strcmp(copy, "gate") == 0);
  free(copy);
  char* text = nullptr;
  CHECK_EQ(asprintf(&text, "%0500d", 7), 500);
  text = static_cast<char*>(realloc(text, 100000));
  CHECK(text && text[499] == '7');
  free(text);
}

void CheckLines() {
  char input[3000];
  memset(input, 'l', sizeof input);
  input[sizeof input - 1] = '\n';
  FILE* file = fmemopen(input, sizeof input, "r");
  CHECK(file != nullptr);
  size_t capacity = 10;
  char* line = static_cast<char*>(malloc(capacity));
  CHECK_EQ(getline(&line, &capacity, file), 3000);
  CHECK(capacity > 3000);
  free(line);
  fclose(file);
}

void CheckStreams() {
  char* buffer = nullptr;
  size_t size = 0;
  FILE* stream = open_memstream(&buffer, &size);
  CHECK(stream != nullptr);
  for (int i = 0; i < 10000; ++i) fputs("0123456789", stream);
  fclose(stream);
  CHECK_EQ(size, 100000);
  free(buffer);
}
}  // namespace

int main() {
  CheckStrings();
  CheckLines();
  CheckStreams();
  char* folder = getcwd(nullptr, 0);
  CHECK(folder != nullptr);
  free(folder);
  char* path = realpath("/proc/self", nullptr);
  CHECK(path != nullptr);
  free(path);
}

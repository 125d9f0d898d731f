// malloc_info writes one well-formed XML document: elements nest and close, attributes are quoted.
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include <string>
#include <vector>

#include "preload_check.h"

namespace {
std::string Document() {
  char* text = nullptr;
  size_t size = 0;
  FILE* stream = open_memstream(&text, &size);
  CHECK(stream != nullptr);
  CHECK_EQ(malloc_info(0, stream), 0);
  fclose(stream);
  std::string document(text, size);
  free(text);
  return document;
}

void CheckAttributes(const std::string& tag) {
  size_t quotes = 0, equals = 0;
  for (char c : tag) {
    quotes += c == '"';
    equals += c == '=';
  }
  CHECK_EQ(quotes, 2 * equals);
}

void HandleTag(const std::string& tag, std::vector<std::string>& open, int& roots) {
  CHECK(!tag.empty());
  if (tag[0] == '?') return;
  if (tag[0] == '/') {
    CHECK(!open.empty() && open.back() == tag.substr(1));
    open.pop_back();
    return;
  }
  CheckAttributes(tag);
  if (open.empty()) ++roots;
  if (tag.back() != '/') open.push_back(tag.substr(0, tag.find(' ')));
}
}  // namespace

int main() {
  void* blocks[100];
  for (void*& block : blocks) block = malloc(1000);
  const std::string text = Document();
  std::vector<std::string> open;
  int roots = 0;
  size_t at = 0;
  while ((at = text.find('<', at)) != std::string::npos) {
    const size_t end = text.find('>', at);
    CHECK(end != std::string::npos);
    HandleTag(text.substr(at + 1, end - at - 1), open, roots);
    at = end;
  }
  CHECK(open.empty());
  CHECK_EQ(roots, 1);
  CHECK(text.compare(0, 7, "<malloc") == 0 || text.compare(0, 5, "<?xml") == 0);
  CHECK(text.find('&') == std::string::npos);
  for (void* block : blocks) free(block);
}

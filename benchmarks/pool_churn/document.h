// Document: a body as a tree of values, a block or two for each, as JSON libraries build it.
//
// Safety: a document belongs to one thread at a time.
// Assumptions: the body is one that MakeBody made; nothing is checked beyond the tags.
#ifndef BENCHMARKS_POOL_CHURN_DOCUMENT_H_
#define BENCHMARKS_POOL_CHURN_DOCUMENT_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pool_churn {

struct Value {
  std::string text;
  double number = 0;
  std::vector<std::pair<std::string, std::unique_ptr<Value>>> members;  // of arrays: without keys
};

using Document = std::unique_ptr<Value>;

Document Parse(std::string_view body);

// All texts of the document one after the other: what is sent upstream.
std::string Flatten(const Value& value);

}  // namespace pool_churn

#endif  // BENCHMARKS_POOL_CHURN_DOCUMENT_H_

// RequestMaker: chat-completion bodies of given sizes, and the requests that carry them.
//
// Bodies are made once, before the load: the client must cost little beside the process under test.
// Safety: one thread.
#ifndef BENCHMARKS_GATEWAY_LOAD_REQUEST_MAKER_H_
#define BENCHMARKS_GATEWAY_LOAD_REQUEST_MAKER_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gateway_load {

struct BodySizes {
  size_t smallest = 200 << 10;
  size_t largest = 200 << 10;  // between the two, sizes are spread evenly on a logarithmic scale
};

struct Request {
  std::string head;
  std::string_view body;  // the maker's
};

class RequestMaker {
 public:
  RequestMaker(std::string path, BodySizes sizes);

  // Bodies and sessions take turns, each at its own pace.
  Request Next();

  // A JSON document of `bytes` bytes, give or take 1 %, the same for the same seed.
  static std::string MakeBody(size_t bytes, unsigned seed);

 private:
  std::string path_;
  std::vector<std::string> bodies_;
  size_t made_ = 0;
};

}  // namespace gateway_load

#endif  // BENCHMARKS_GATEWAY_LOAD_REQUEST_MAKER_H_

// The body of a request, read when it is wanted: cpp-httplib hands it over in pieces, after its headers.
//
// Safety: on the thread that serves the request; each body once.
#ifndef EXAMPLES_LLM_GATEWAY_REQUEST_BODY_H_
#define EXAMPLES_LLM_GATEWAY_REQUEST_BODY_H_

#include <httplib.h>

#include <optional>
#include <string>

namespace llm_gateway {

// The length announced; `most` where none is, or a longer one (which ReadBody refuses).
size_t BodyBytesOf(const httplib::Request& request, size_t most);

// Nothing when it did not arrive whole or is too long: cpp-httplib has set the status then. `expected` bytes
// are taken at once, so that the body does not grow by doubling. The parts of a form are dropped: its body is
// empty.
std::optional<std::string> ReadBody(const httplib::Request& request, const httplib::ContentReader& reader,
                                    size_t expected);

// Takes it off the connection and keeps none of it: a client reads the answer only when it has sent all, and
// the next request begins behind it.
void DropBody(const httplib::Request& request, const httplib::ContentReader& reader);

}  // namespace llm_gateway

#endif  // EXAMPLES_LLM_GATEWAY_REQUEST_BODY_H_

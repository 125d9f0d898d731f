// CostOf: the memory that a chat completion needs at its peak, by the size of its body; what admission is
// asked for.
//
// Safety: pure.
// Assumptions: the figures are measured (README.md says how); the caller's body is of the usual kind, text in
// messages. A body of many tiny values costs several times as much.
#ifndef EXAMPLES_LLM_GATEWAY_REQUEST_COST_H_
#define EXAMPLES_LLM_GATEWAY_REQUEST_COST_H_

#include <cstddef>

namespace llm_gateway {

constexpr size_t kCostPerBodyByte = 6;
constexpr size_t kCostOfAnyRequest = 64 << 10;

constexpr size_t CostOf(size_t body_bytes) { return kCostOfAnyRequest + kCostPerBodyByte * body_bytes; }

}  // namespace llm_gateway

#endif  // EXAMPLES_LLM_GATEWAY_REQUEST_COST_H_

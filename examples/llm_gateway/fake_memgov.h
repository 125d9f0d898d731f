// A memgov for tests, in the test program itself: memgov.h finds it as it would find a preloaded one.
//
// Safety: any thread.
#ifndef EXAMPLES_LLM_GATEWAY_FAKE_MEMGOV_H_
#define EXAMPLES_LLM_GATEWAY_FAKE_MEMGOV_H_

#include <cstddef>
#include <cstdint>

namespace fake_memgov {

// Forgets everything but the callback; `room` bytes may be admitted, more is deferred. No budget is set for
// room = SIZE_MAX.
void Reset(size_t room = SIZE_MAX);

void SetRoom(size_t room);
// From now on everything is rejected, as on the hard rung.
void RejectAll();

size_t AdmittedBytes();
// How often memgov_admit was asked.
int Asked();

bool HasCallback();
// Calls it on this thread.
void Press(uint32_t rung, uint64_t want_bytes);

}  // namespace fake_memgov

#endif  // EXAMPLES_LLM_GATEWAY_FAKE_MEMGOV_H_

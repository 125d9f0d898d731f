#include "shim/linkage.h"

namespace memgov::linkage {

const char* const kOwnName = nullptr;

void* LinkedGetNewHandler() { return nullptr; }
void* LinkedThrowBadAlloc() { return nullptr; }
bool LinkedSanitizer() { return false; }
void* LinkedInterceptor(const char*) { return nullptr; }
void* NullIfThrown(void* (*)(size_t, size_t), size_t, size_t) { return nullptr; }

}  // namespace memgov::linkage

// Two declarations of one C function, compared where their types have different names: every pointer counts
// as void*, every enumeration as int.
#ifndef MEMGOV_TESTS_UNIT_MIMALLOC_SIGNATURE_H_
#define MEMGOV_TESTS_UNIT_MIMALLOC_SIGNATURE_H_

#include <type_traits>

namespace memgov::mimalloc {

template <typename T>
using Plain = std::conditional_t<std::is_pointer_v<T>, void*, std::conditional_t<std::is_enum_v<T>, int, T>>;

template <typename F>
struct SignatureOf;
template <typename R, typename... A>
struct SignatureOf<R (*)(A...)> {
  using Type = Plain<R>(Plain<A>...);
};
template <typename R, typename... A>
struct SignatureOf<R (*)(A...) noexcept> {
  using Type = Plain<R>(Plain<A>...);
};

template <typename One, typename Other>
constexpr bool kSameSignature =
    std::is_same_v<typename SignatureOf<One>::Type, typename SignatureOf<Other>::Type>;

}  // namespace memgov::mimalloc

#endif  // MEMGOV_TESTS_UNIT_MIMALLOC_SIGNATURE_H_

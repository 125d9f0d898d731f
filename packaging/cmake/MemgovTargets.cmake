# What the folders share: how a target of ours is compiled.

# Warnings, and the sanitizer where the preset names one. Every target but the
# preloadable objects: a sanitizer's runtime cannot live inside a preload.
function(memgov_compile_options target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wshadow -Wpointer-arith
    $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Wold-style-cast>)
  if(MEMGOV_DEVELOPER)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

function(memgov_sanitize target)
  if(MEMGOV_SANITIZE)
    # g++ 12 takes the checks' own branches for paths on which a value was never set (GCC bug 105562 and others).
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-Wno-maybe-uninitialized>)
  endif()
  if(MEMGOV_SANITIZE STREQUAL "address")
    target_compile_options(${target} PRIVATE -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=address,undefined)
  elseif(MEMGOV_SANITIZE STREQUAL "thread")
    target_compile_options(${target} PRIVATE -fsanitize=thread -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=thread)
  elseif(MEMGOV_SANITIZE)
    message(FATAL_ERROR "MEMGOV_SANITIZE=${MEMGOV_SANITIZE}: allowed are address, thread and nothing")
  endif()
endfunction()

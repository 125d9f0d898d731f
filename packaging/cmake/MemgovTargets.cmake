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

# memgov_cold_sources(<source>...): sources, of the targets of this folder, in which no time is spent that anybody
# measures: options, reports, tests. Optimising what their headers hold takes as long again as compiling it.
function(memgov_cold_sources)
  set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS "$<$<CONFIG:RelWithDebInfo>:-O1>")
endfunction()

# memgov_precompile(name HEADERS <header>... [LIBRARIES ...]): headers that the targets given to memgov_use_precompiled
# have read already. Sources still include all they use: with MEMGOV_PCH=OFF nothing does it for them.
function(memgov_precompile name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;LIBRARIES")
  if(NOT MEMGOV_PCH)
    return()
  endif()
  file(CONFIGURE OUTPUT ${name}.cc CONTENT "// CMake compiles headers for a target that has a source.\n")
  add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cc)
  memgov_compile_options(${name})
  memgov_sanitize(${name})
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES})
  target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
endfunction()

# memgov_use_precompiled(target name): the target must be compiled with the same options; -Winvalid-pch says if not.
function(memgov_use_precompiled target name)
  if(TARGET ${name})
    target_precompile_headers(${target} REUSE_FROM ${name})
    # g++ 12 warns in vain within its own library, and keeps quiet only where that is not precompiled (GCC bug 105651
    # and others).
    target_compile_options(${target} PRIVATE
      $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds>)
  endif()
endfunction()

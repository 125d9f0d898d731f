# memgov_add_preload_test: one small program, run under each preloadable object.

# The objects under test, by engine name. A target of the same pattern exists for each.
set(MEMGOV_ENGINES arena mimalloc system)
set(MEMGOV_TESTS_DIR "${CMAKE_CURRENT_LIST_DIR}")

# The mimalloc engine runs on the system's library, and as the variant `mimalloc3` on that of a newer Debian.
set(MEMGOV_MIMALLOC3 "${PROJECT_SOURCE_DIR}/build/mimalloc-3" CACHE PATH "What tests/frame/fetch_mimalloc.sh filled")
set(MEMGOV_WITH_MIMALLOC3 "${MEMGOV_TESTS_DIR}/frame/with_mimalloc.sh" "${MEMGOV_MIMALLOC3}/libmimalloc.so.3")

# What governed processes leave in their runtime folder stays in the build folder.
set(MEMGOV_TESTS_RUNTIME_DIR "${PROJECT_BINARY_DIR}/runtime")
file(MAKE_DIRECTORY "${MEMGOV_TESTS_RUNTIME_DIR}")

# memgov_add_preload_test(NAME name COMMAND program args...
#   [ENGINES list]      default: all of them; `glibc` runs it without a preload (the contract's own check)
#   [ENV VAR=value...]  [LABELS label...]  [TIMEOUT seconds, default 60]
#   [BEFORE targets] [AFTER targets]  other libraries in LD_PRELOAD, around the object
#   [DRIVER]            no LD_PRELOAD: the program starts preloaded processes itself
#   [SERIAL]            nothing else runs beside it
#   [NO_VARIANT]        not with the other libmimalloc
#   [COSTLY]            takes seconds: `long` but for arena
#   [PASS_REGEX re] [FAIL_REGEX re] [WILL_FAIL])
# Registers preload tests named name.engine with LD_PRELOAD set to that engine's object. Every test finds
# MEMGOV_TEST_ENGINE, MEMGOV_TEST_OBJECT and MEMGOV_TEST_OTHER_OBJECT (the next engine's) in its environment.
# Those of mimalloc are run as name.mimalloc3 too.
function(memgov_add_preload_test)
  cmake_parse_arguments(arg "WILL_FAIL;DRIVER;SERIAL;NO_VARIANT;COSTLY" "NAME;TIMEOUT;PASS_REGEX;FAIL_REGEX"
    "COMMAND;ENGINES;ENV;LABELS;BEFORE;AFTER" ${ARGN})
  if(NOT arg_ENGINES)
    set(arg_ENGINES ${MEMGOV_ENGINES})
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  if(MEMGOV_SANITIZE)
    return()  # a sanitizer's runtime and a preloaded allocator exclude each other
  endif()
  if("mimalloc" IN_LIST arg_ENGINES AND NOT arg_NO_VARIANT)
    list(APPEND arg_ENGINES mimalloc3)
  endif()
  foreach(variant IN LISTS arg_ENGINES)
    string(REPLACE "mimalloc3" "mimalloc" engine ${variant})
    set(test "${arg_NAME}.${variant}")
    memgov_preload_environment(env ${engine} "${arg_DRIVER}" "${arg_BEFORE}" "${arg_AFTER}")
    set(command ${arg_COMMAND})
    if(variant STREQUAL "mimalloc3")
      memgov_run_with_mimalloc3(command env ${arg_COMMAND})
    endif()
    memgov_preload_labels(labels ${variant} "${arg_COSTLY}" ${arg_LABELS})
    add_test(NAME ${test} COMMAND ${command})
    set_tests_properties(${test} PROPERTIES ENVIRONMENT "${arg_ENV};${env}" TIMEOUT ${arg_TIMEOUT}
      LABELS "${labels}" SKIP_RETURN_CODE 77 RUN_SERIAL "${arg_SERIAL}")
    if(arg_PASS_REGEX)
      set_tests_properties(${test} PROPERTIES PASS_REGULAR_EXPRESSION "${arg_PASS_REGEX}")
    endif()
    if(arg_FAIL_REGEX)
      set_tests_properties(${test} PROPERTIES FAIL_REGULAR_EXPRESSION "${arg_FAIL_REGEX}")
    endif()
    if(arg_WILL_FAIL)
      set_tests_properties(${test} PROPERTIES WILL_FAIL TRUE)
    endif()
  endforeach()
endfunction()

# The quick tests run all under the default engine, and what takes seconds, or needs the other libmimalloc, under that
# alone; but a debug build runs no long ones, and shall have all engines.
function(memgov_preload_labels result variant costly)
  set(labels preload ${ARGN})
  if(variant STREQUAL "mimalloc3" AND NOT "surface" IN_LIST labels)
    set(costly ON)
  endif()
  if(costly AND NOT variant STREQUAL "arena" AND NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    list(APPEND labels long)
    list(REMOVE_DUPLICATES labels)
  endif()
  set(${result} "${labels}" PARENT_SCOPE)
endfunction()

# The command of a test, run on the other libmimalloc; LD_PRELOAD moves from its environment to the script's arguments.
function(memgov_run_with_mimalloc3 command_result env_result program)
  set(preload -)
  set(kept "")
  foreach(setting IN LISTS ${env_result})
    if(setting MATCHES "^LD_PRELOAD=(.*)$")
      set(preload "${CMAKE_MATCH_1}")
    else()
      list(APPEND kept "${setting}")
    endif()
  endforeach()
  if(TARGET ${program})
    set(program $<TARGET_FILE:${program}>)
  endif()
  set(${command_result} ${MEMGOV_WITH_MIMALLOC3} "${preload}" ${program} ${ARGN} PARENT_SCOPE)
  set(${env_result} "${kept}" PARENT_SCOPE)
endfunction()

# The environment of one test: which object, what is preloaded around it, and where the objects are.
function(memgov_preload_environment result engine driver before after)
  set(env "MEMGOV_TEST_ENGINE=${engine}" "XDG_RUNTIME_DIR=${MEMGOV_TESTS_RUNTIME_DIR}")
  set(preload "")
  foreach(library IN LISTS before)
    list(APPEND preload "$<TARGET_FILE:${library}>")
  endforeach()
  if(NOT engine STREQUAL "glibc")
    set(other_engines ${MEMGOV_ENGINES})
    list(REMOVE_ITEM other_engines ${engine})
    list(GET other_engines 0 other)
    list(APPEND env "MEMGOV_TEST_OBJECT=$<TARGET_FILE:memgov-${engine}>")
    if(TARGET memgov-${other})
      list(APPEND env "MEMGOV_TEST_OTHER_OBJECT=$<TARGET_FILE:memgov-${other}>")
    endif()
    list(APPEND preload "$<TARGET_FILE:memgov-${engine}>")
  endif()
  foreach(library IN LISTS after)
    list(APPEND preload "$<TARGET_FILE:${library}>")
  endforeach()
  if(preload AND NOT driver)
    list(JOIN preload ":" preload)
    list(APPEND env "LD_PRELOAD=${preload}")
  endif()
  set(${result} "${env}" PARENT_SCOPE)
endfunction()

# memgov_preload_program(name source [libraries...]): builds a test program without warnings of its own making
# (it may pass absurd sizes on purpose) and without optimising malloc/free pairs away.
function(memgov_preload_program name source)
  add_executable(${name} ${source})
  memgov_preload_target_options(${name} ${ARGN})
endfunction()

# memgov_preload_library(name source [libraries...]): a shared object such a program links, preloads or dlopens.
function(memgov_preload_library name source)
  add_library(${name} SHARED ${source})
  memgov_preload_target_options(${name} ${ARGN})
endfunction()

function(memgov_preload_target_options name)
  memgov_compile_options(${name})
  target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
  target_compile_options(${name} PRIVATE -fno-builtin -O1 -g)
  target_include_directories(${name} PRIVATE "${MEMGOV_TESTS_DIR}")
  target_link_libraries(${name} PRIVATE memgov::headers Threads::Threads ${ARGN})
endfunction()

# memgov_preload_tests(group TESTS name... [any argument of memgov_add_preload_test but NAME and COMMAND]):
# name.cc becomes program group_name and tests group.name.engine.
function(memgov_preload_tests group)
  cmake_parse_arguments(arg "DRIVER;SERIAL;NO_VARIANT;COSTLY" "TIMEOUT" "TESTS;LABELS;ENGINES;ENV;BEFORE;AFTER" ${ARGN})
  set(passed_on "")
  foreach(option IN ITEMS DRIVER SERIAL NO_VARIANT COSTLY)
    if(arg_${option})
      list(APPEND passed_on ${option})
    endif()
  endforeach()
  foreach(option IN ITEMS TIMEOUT ENGINES ENV BEFORE AFTER)
    if(arg_${option})
      list(APPEND passed_on ${option} ${arg_${option}})
    endif()
  endforeach()
  foreach(name IN LISTS arg_TESTS)
    memgov_preload_program(${group}_${name} ${name}.cc)
    memgov_add_preload_test(NAME ${group}.${name} COMMAND ${group}_${name} LABELS ${group} ${arg_LABELS}
      ${passed_on})
  endforeach()
endfunction()

# The same, run under plain glibc too: what memgov promises is what glibc does, and the run without a preload
# proves that the test asks for no more.
function(memgov_contract_tests group)
  memgov_preload_tests(${group} ${ARGN} ENGINES glibc ${MEMGOV_ENGINES})
endfunction()

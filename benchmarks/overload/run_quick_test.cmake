# cmake -DPROGRAM=overload -DGATEWAY=llm_gateway -DFOLDER=path -P run_quick_test.cmake
# A small overload under glibc in a cgroup of its own, and one without a cgroup: reports that parse, nothing left behind.
# Exit 77 of the driver, where no cgroup may be made, is handed on by its message (SKIP_REGULAR_EXPRESSION).
file(REMOVE_RECURSE "${FOLDER}")
file(MAKE_DIRECTORY "${FOLDER}")
set(small --gateway "${GATEWAY}" --allocators glibc --connections 24 --body 256K --upstream-ms 50 --seconds 1)

function(expect_json wanted)
  string(JSON value ERROR_VARIABLE error GET "${report}" ${ARGN})
  if(NOT value STREQUAL wanted)
    message(FATAL_ERROR "${ARGN}: '${value}', not '${wanted}' ${error}")
  endif()
endfunction()

execute_process(COMMAND "${PROGRAM}" ${small} --limit-by budget --limit 16M --json "${FOLDER}/budget.json"
  RESULT_VARIABLE result OUTPUT_VARIABLE table)
message("${table}")
if(NOT result EQUAL 0)
  message(FATAL_ERROR "overload --limit-by budget: ${result}")
endif()
file(READ "${FOLDER}/budget.json" report)
expect_json(ON contenders 0 tight 0 alive)
expect_json(ON contenders 0 tight 0 over)
expect_json(0 contenders 0 tight 0 unanswered)
expect_json(OFF in_cgroup)

execute_process(COMMAND "${PROGRAM}" ${small} --limit 24M --json "${FOLDER}/cgroup.json"
  RESULT_VARIABLE result OUTPUT_VARIABLE table ERROR_VARIABLE errors)
message("${table}${errors}")
if(result EQUAL 77)
  message("SKIPPED: no memory cgroup may be made here")
  return()
endif()
if(NOT result EQUAL 0)
  message(FATAL_ERROR "overload in a cgroup: ${result}")
endif()
file(READ "${FOLDER}/cgroup.json" report)
expect_json(OFF contenders 0 tight 0 alive)
expect_json(1 contenders 0 tight 0 oom_kills)
expect_json(ON in_cgroup)
file(REMOVE_RECURSE "${FOLDER}")

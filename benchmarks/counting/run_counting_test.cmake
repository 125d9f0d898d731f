# cmake -DPRELOAD=libcounting.so[:next.so] -DPROGRAM=counting_test -DFILE=path -P run_counting_test.cmake
file(WRITE "${FILE}" "")
execute_process(COMMAND "${CMAKE_COMMAND}" -E env "LD_PRELOAD=${PRELOAD}" "MEMGOV_COUNTING_FILE=${FILE}" "${PROGRAM}"
  RESULT_VARIABLE result)
file(REMOVE "${FILE}")
if(NOT result EQUAL 0)
  message(FATAL_ERROR "counting_test: ${result}")
endif()

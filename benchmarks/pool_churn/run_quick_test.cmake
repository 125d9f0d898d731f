# cmake -DPROGRAM=gateway_load -DCHURN=pool_churn -DFOLDER=path -P run_quick_test.cmake
# A small load under glibc, as fast as it goes and at a rate: every request answered, live bytes counted, memory watched.
include("${CMAKE_CURRENT_LIST_DIR}/../gateway_load/expect_report.cmake")
file(REMOVE_RECURSE "${FOLDER}")
file(MAKE_DIRECTORY "${FOLDER}")

foreach(rate 0 400)
  execute_process(
    COMMAND "${PROGRAM}" compare --self-driven --allocators glibc --requests 300 --rate ${rate} --after 1.2
      --json "${FOLDER}/report.json" -- "${CHURN}"
    RESULT_VARIABLE result OUTPUT_VARIABLE table)
  message("${table}")
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "gateway_load: ${result}")
  endif()
  file(READ "${FOLDER}/report.json" report)
  expect_equal(300 results 0 runs 0 requests)
  expect_equal(${rate}.0 load rate)
  foreach(figure server_cpu_ms_per_request rss_base_bytes rss_average_bytes rss_peak_bytes rss_after_1s_bytes)
    expect_positive(results 0 runs 0 ${figure})
  endforeach()
  expect_positive(live requested_average_bytes)
  expect_positive(live window_peak_bytes)
endforeach()
# 300 requests at 400 a second begin within 0.75 s and not before.
string(JSON seconds GET "${report}" results 0 runs 0 load_seconds)
if(NOT seconds GREATER 0.74)
  message(FATAL_ERROR "300 requests at 400 a second took ${seconds} s")
endif()

execute_process(COMMAND "${PROGRAM}" compare --self-driven --allocators glibc --no-live -- /bin/false
  RESULT_VARIABLE result OUTPUT_VARIABLE table)
if(result EQUAL 0 OR NOT table MATCHES "glibc: .*ended with status 1")
  message(FATAL_ERROR "a program that fails is not reported: ${result}\n${table}")
endif()
file(REMOVE_RECURSE "${FOLDER}")

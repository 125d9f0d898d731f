# cmake -DPROGRAM=gateway_load -DGATEWAY=llm_gateway -DFOLDER=path -P run_quick_test.cmake
# A small load under glibc: no errors, live bytes counted, a report that parses, a chart.
include("${CMAKE_CURRENT_LIST_DIR}/expect_report.cmake")
file(REMOVE_RECURSE "${FOLDER}")
file(MAKE_DIRECTORY "${FOLDER}")
execute_process(
  COMMAND "${PROGRAM}" compare --allocators glibc --concurrency 16 --body 1K-40K --requests 600 --after 1.2
    --json "${FOLDER}/report.json" --svg "${FOLDER}/chart.svg" -- "${GATEWAY}" --upstream_ms=10 --jitter_ms=5
  RESULT_VARIABLE result OUTPUT_VARIABLE table)
message("${table}")
if(NOT result EQUAL 0)
  message(FATAL_ERROR "gateway_load: ${result}")
endif()

file(READ "${FOLDER}/report.json" report)
expect_equal(glibc results 0 allocator)
expect_equal(0 results 0 errors)
expect_equal(600 results 0 runs 0 requests)
expect_positive(results 0 runs 0 rss_base_bytes)
expect_positive(results 0 runs 0 rss_after_1s_bytes)
expect_positive(live requested_average_bytes)
expect_positive(live window_peak_bytes)

# At a rate, requests begin when they are due and not before: 60 at 100 a second take at least 0.59 s.
execute_process(
  COMMAND "${PROGRAM}" compare --allocators glibc --concurrency 16 --body 1K --requests 60 --rate 100 --after 0
    --no-live --json "${FOLDER}/report.json" -- "${GATEWAY}" --upstream_ms=1 --jitter_ms=1
  RESULT_VARIABLE result OUTPUT_VARIABLE table)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "gateway_load --rate: ${result}\n${table}")
endif()
file(READ "${FOLDER}/report.json" report)
expect_equal(60 results 0 runs 0 requests)
string(JSON seconds GET "${report}" results 0 runs 0 load_seconds)
if(NOT seconds GREATER 0.589)
  message(FATAL_ERROR "60 requests at 100 a second took ${seconds} s")
endif()

file(READ "${FOLDER}/chart.svg" chart)
if(NOT chart MATCHES "<svg .*</svg>")
  message(FATAL_ERROR "chart.svg is not a whole SVG")
endif()
file(REMOVE_RECURSE "${FOLDER}")

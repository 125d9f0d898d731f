# How cargo's programs are built here: copies of their folders, at the same relative places (cargo writes Cargo.lock
# beside Cargo.toml), Debian's crates, nothing from the network, one folder of results for all.
set(MEMGOV_RUST_DIR "${PROJECT_BINARY_DIR}/rust")
set(MEMGOV_RUST_TARGET_DIR "${MEMGOV_RUST_DIR}/target")

# Whichever cargo is found first, if it works: rustup's may be there without a toolchain.
find_program(MEMGOV_CARGO cargo DOC "Builds the Rust crate, examples and tests")

# What is missing, as Debian's packages, to build something from these of its crates (hyper-0.14 ...).
function(memgov_find_cargo result)
  set(missing "")
  foreach(crate IN LISTS ARGN)
    file(GLOB found "/usr/share/cargo/registry/${crate}.*/Cargo.toml")
    if(NOT found)
      string(REGEX REPLACE "-[0-9.]+$" "" package ${crate})
      string(REPLACE "_" "-" package ${package})
      list(APPEND missing "librust-${package}-dev")
    endif()
  endforeach()
  set(status "not found")
  if(MEMGOV_CARGO)
    execute_process(COMMAND "${MEMGOV_CARGO}" --version RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
  endif()
  if(NOT status EQUAL 0)
    list(APPEND missing cargo)
  endif()
  set(${result} "${missing}" PARENT_SCOPE)
endfunction()

# memgov_copy_crate(target folder files...): target copies a folder of the source tree, named from its top.
function(memgov_copy_crate target folder)
  set(stamp "${MEMGOV_RUST_DIR}/${target}.stamp")
  list(TRANSFORM ARGN PREPEND "${PROJECT_SOURCE_DIR}/${folder}/" OUTPUT_VARIABLE files)
  add_custom_command(OUTPUT "${stamp}"
    COMMAND ${CMAKE_COMMAND} -E copy_directory "${PROJECT_SOURCE_DIR}/${folder}" "${MEMGOV_RUST_DIR}/${folder}"
    COMMAND ${CMAKE_COMMAND} -E touch "${stamp}"
    DEPENDS ${files} COMMENT "Copying ${folder} for cargo" VERBATIM)
  add_custom_target(${target} DEPENDS "${stamp}")
  set_target_properties(${target} PROPERTIES MEMGOV_FILES "${files}" MEMGOV_FOLDER "${MEMGOV_RUST_DIR}/${folder}")
endfunction()

# The crate itself; every other one depends on it.
if(NOT TARGET memgov_rust_crate)
  memgov_copy_crate(memgov_rust_crate packaging/rust/memgov Cargo.toml build.rs src/admission.rs src/allocator.rs
    src/budget.rs src/ffi.rs src/lib.rs src/pool.rs src/stats.rs tests/absent.rs tests/allocator.rs tests/interface.rs)
endif()

# memgov_cargo_build(target CRATE target of memgov_copy_crate PROGRAMS name... FEATURES name...
#   LIBRARY target that makes libmemgov.so or libmemgov.a  [INTO folder of results, default the common one])
# The programs are in <folder of results>/release; `static` links another library by the same names, into a folder of
# its own.
function(memgov_cargo_build target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "CRATE;LIBRARY;INTO" "PROGRAMS;FEATURES")
  if(NOT arg_INTO)
    set(arg_INTO "${MEMGOV_RUST_TARGET_DIR}")
  endif()
  get_target_property(folder ${arg_CRATE} MEMGOV_FOLDER)
  get_target_property(files ${arg_CRATE} MEMGOV_FILES)
  get_target_property(crate_files memgov_rust_crate MEMGOV_FILES)
  list(TRANSFORM arg_PROGRAMS PREPEND "${arg_INTO}/release/" OUTPUT_VARIABLE programs)
  list(TRANSFORM arg_PROGRAMS PREPEND "--bin=" OUTPUT_VARIABLE binaries)
  list(JOIN arg_FEATURES "," features)
  add_custom_command(OUTPUT ${programs}
    COMMAND ${CMAKE_COMMAND} -E env "MEMGOV_LIBRARY_DIR=$<TARGET_FILE_DIR:memgov-arena>"
      ${CMAKE_COMMAND} -E chdir "${folder}" "${MEMGOV_CARGO}" build --quiet --offline --release
      --target-dir "${arg_INTO}" --features "${features}" ${binaries}
    COMMAND ${CMAKE_COMMAND} -E touch ${programs}
    DEPENDS ${files} ${crate_files} ${arg_CRATE} memgov_rust_crate ${arg_LIBRARY}
    COMMENT "Building ${target} by cargo" VERBATIM)
  add_custom_target(${target} ALL DEPENDS ${programs})
endfunction()

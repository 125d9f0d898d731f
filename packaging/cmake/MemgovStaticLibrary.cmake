# libmemgov.a: the whole of memgov as one relocatable object, in which only what surface.list names is visible. So
# nothing of it can collide with the program's names, and a program gets all of it or nothing.

# The names in surface.list that every engine has.
function(memgov_surface_names path result)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${path}")
  set(names "")
  file(STRINGS "${path}" lines REGEX "^(HOOK|STUB|API)\\(")
  foreach(line IN LISTS lines)
    if(NOT line MATCHES "^(HOOK\\([^,]*, |STUB\\(|API\\()([A-Za-z0-9_]+)[,)@]")
      message(FATAL_ERROR "surface.list: not an entry: ${line}")
    endif()
    list(APPEND names ${CMAKE_MATCH_2})
  endforeach()
  set(${result} "${names}" PARENT_SCOPE)
endfunction()

# memgov_add_static_library(target SURFACE file OBJECTS objects... ARCHIVES targets...): builds libmemgov.a, and beside
# it memgov.dynamic-list, the names that a program which links it must export (libraries and plugins call them too).
#
# Groups are dissolved, because two objects that have the same one (an inline function of the C++ library) would
# share it, and ours has it without exceptions. libgcc's few functions come along.
function(memgov_add_static_library target)
  cmake_parse_arguments(arg "" "SURFACE" "OBJECTS;ARCHIVES" ${ARGN})
  memgov_surface_names("${arg_SURFACE}" names)
  list(JOIN names "\n" kept)
  file(CONFIGURE OUTPUT memgov.kept CONTENT "${kept}\n" @ONLY)
  list(JOIN names ";\n  " listed)
  file(CONFIGURE OUTPUT memgov.dynamic-list CONTENT "{\n  ${listed};\n};\n" @ONLY)
  list(TRANSFORM arg_ARCHIVES REPLACE "(.+)" "$<TARGET_FILE:\\1>" OUTPUT_VARIABLE archives)
  add_custom_command(OUTPUT libmemgov.a
    COMMAND ${CMAKE_CXX_COMPILER} -r -nostdlib -no-pie -Wl,--force-group-allocation -o memgov-joined.o ${arg_OBJECTS}
      -Wl,--whole-archive ${archives} -Wl,--no-whole-archive -lgcc
    COMMAND ${CMAKE_OBJCOPY} --keep-global-symbols=memgov.kept memgov-joined.o memgov.o
    COMMAND ${CMAKE_COMMAND} -E rm -f libmemgov.a memgov-joined.o
    COMMAND ${CMAKE_AR} qcsD libmemgov.a memgov.o
    DEPENDS ${arg_OBJECTS} ${arg_ARCHIVES} ${CMAKE_CURRENT_BINARY_DIR}/memgov.kept
    COMMENT "Joining libmemgov.a" COMMAND_EXPAND_LISTS VERBATIM)
  add_custom_target(${target} ALL DEPENDS libmemgov.a)
endfunction()

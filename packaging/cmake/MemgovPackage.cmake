# What find_package(memgov) and pkg-config find: in an install tree, and (CMake only) in the build tree.
include(CMakePackageConfigHelpers)

set(MEMGOV_PACKAGE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/memgov")
set(MEMGOV_LINK_CHECK "${PROJECT_SOURCE_DIR}/packaging/cmake/memgov-link-check.ld")

# From `from` to `to`, two folders below the install prefix, absolute or not.
function(memgov_relative_folder result from to)
  cmake_path(ABSOLUTE_PATH from BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}" NORMALIZE)
  cmake_path(ABSOLUTE_PATH to BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}" NORMALIZE)
  file(RELATIVE_PATH path "${from}" "${to}")
  string(REGEX REPLACE "/$" "" path "${path}")
  set(${result} "${path}" PARENT_SCOPE)
endfunction()

# So that the archive is taken even where a shared library before it has malloc.
set(MEMGOV_STATIC_LINK_OPTIONS LINKER:--undefined=memgov_version)

# memgov_add_linking_targets(shared archive): memgov::shared and memgov::static, for this build, its build tree and
# its install tree.
function(memgov_add_linking_targets shared archive)
  set(folder "$<INSTALL_PREFIX>/${CMAKE_INSTALL_LIBDIR}")
  target_compile_definitions(${shared} INTERFACE "MEMGOV_LINKED=")
  target_link_libraries(${shared} INTERFACE memgov_headers)
  set_target_properties(${shared} PROPERTIES EXPORT_NAME shared INTERFACE_COMPILE_FEATURES ""
    INTERFACE_MEMGOV_LINKAGE shared COMPATIBLE_INTERFACE_STRING MEMGOV_LINKAGE)
  add_library(memgov::shared ALIAS ${shared})

  add_library(memgov_static_library INTERFACE)
  add_dependencies(memgov_static_library ${archive})
  target_compile_definitions(memgov_static_library INTERFACE "MEMGOV_LINKED=")
  target_link_libraries(memgov_static_library INTERFACE memgov_headers
    "$<BUILD_INTERFACE:${CMAKE_CURRENT_BINARY_DIR}/libmemgov.a>" "$<INSTALL_INTERFACE:${folder}/libmemgov.a>")
  target_link_options(memgov_static_library INTERFACE ${MEMGOV_STATIC_LINK_OPTIONS}
    "$<BUILD_INTERFACE:LINKER:--dynamic-list=${CMAKE_CURRENT_BINARY_DIR}/memgov.dynamic-list>"
    "$<INSTALL_INTERFACE:LINKER:--dynamic-list=$<INSTALL_PREFIX>/${MEMGOV_PACKAGE_DIR}/memgov.dynamic-list>")
  set_target_properties(memgov_static_library PROPERTIES EXPORT_NAME static
    INTERFACE_MEMGOV_LINKAGE static COMPATIBLE_INTERFACE_STRING MEMGOV_LINKAGE)
  add_library(memgov::static ALIAS memgov_static_library)
endfunction()

# memgov_install_package(targets...): the targets that find_package(memgov) defines, the archive and what links it.
function(memgov_install_package)
  set(archive "${CMAKE_CURRENT_BINARY_DIR}/libmemgov.a")
  set(dynamic_list "${CMAKE_CURRENT_BINARY_DIR}/memgov.dynamic-list")
  install(TARGETS ${ARGN} EXPORT memgov-targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT memgov-targets NAMESPACE memgov:: DESTINATION ${MEMGOV_PACKAGE_DIR})
  export(EXPORT memgov-targets NAMESPACE memgov:: FILE ${PROJECT_BINARY_DIR}/memgov-targets.cmake)
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/memgov-config-version.cmake COMPATIBILITY SameMinorVersion)

  configure_package_config_file(${PROJECT_SOURCE_DIR}/packaging/cmake/memgov-config.cmake.in
    ${CMAKE_CURRENT_BINARY_DIR}/memgov-config.cmake INSTALL_DESTINATION ${MEMGOV_PACKAGE_DIR}
    NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
  configure_file(${CMAKE_CURRENT_BINARY_DIR}/memgov-config.cmake ${PROJECT_BINARY_DIR}/memgov-config.cmake COPYONLY)
  configure_file(${MEMGOV_LINK_CHECK} ${PROJECT_BINARY_DIR}/memgov-link-check.ld COPYONLY)
  install(FILES ${archive} DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(FILES ${dynamic_list} ${MEMGOV_LINK_CHECK} ${PROJECT_BINARY_DIR}/memgov-config.cmake
    ${PROJECT_BINARY_DIR}/memgov-config-version.cmake DESTINATION ${MEMGOV_PACKAGE_DIR})
endfunction()

# memgov.pc and memgov-static.pc.
function(memgov_install_pkg_config)
  set(folder "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
  memgov_relative_folder(MEMGOV_PC_PREFIX "${folder}" "${CMAKE_INSTALL_PREFIX}")
  memgov_relative_folder(MEMGOV_PC_LIBDIR "${CMAKE_INSTALL_PREFIX}" "${CMAKE_INSTALL_LIBDIR}")
  memgov_relative_folder(MEMGOV_PC_INCLUDEDIR "${CMAKE_INSTALL_PREFIX}" "${CMAKE_INSTALL_INCLUDEDIR}")
  list(JOIN MEMGOV_STATIC_LINK_OPTIONS " " MEMGOV_PC_STATIC_OPTIONS)
  string(REPLACE "LINKER:" "-Wl," MEMGOV_PC_STATIC_OPTIONS "${MEMGOV_PC_STATIC_OPTIONS}")
  foreach(name IN ITEMS memgov memgov-static)
    configure_file(${PROJECT_SOURCE_DIR}/packaging/pkgconfig/${name}.pc.in ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc @ONLY)
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc DESTINATION ${folder})
  endforeach()
endfunction()

# The parts that other programs read: Prometheus' and Grafana's.
function(memgov_install_parts)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/packaging/prometheus ${PROJECT_SOURCE_DIR}/packaging/grafana
    DESTINATION ${CMAKE_INSTALL_DATADIR}/memgov)
endfunction()

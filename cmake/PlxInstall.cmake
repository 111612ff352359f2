# SPDX-License-Identifier: MIT
# Installing: library, headers, command, CMake package, pkg-config file. The prefix may be moved afterwards.
include(CMakePackageConfigHelpers)

set(plx_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/parallax)
install(TARGETS parallax EXPORT parallax-targets)
install(EXPORT parallax-targets NAMESPACE parallax:: DESTINATION ${plx_cmake_dir})

install(FILES include/plx/divide.h include/plx/kernel.h include/plx/kernels.h include/plx/object.h include/plx/philox.h
              include/plx/pipeline.h include/plx/plx.h include/plx/policy.h include/plx/queue.h include/plx/status.h
              include/plx/task.h
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/plx)
if(PLX_HAVE_MPI)
    install(FILES include/plx/on_comm.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/plx)
endif()
if(PLX_COMMAND)
    install(TARGETS parallax_command)
endif()

configure_package_config_file(cmake/parallax-config.cmake.in ${PROJECT_BINARY_DIR}/parallax-config.cmake
    INSTALL_DESTINATION ${plx_cmake_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/parallax-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/parallax-config.cmake ${PROJECT_BINARY_DIR}/parallax-config-version.cmake
        DESTINATION ${plx_cmake_dir})

# pkg-config: what libparallax itself links is private, so that only --static asks for it. Of a static
# library nothing is private, and one file must be right with and without --static.
set(pc_requires libxxhash)
set(pc_libs -pthread -lm)
if(PLX_HAVE_OMP AND CMAKE_C_COMPILER_ID STREQUAL "GNU") # by name: its folder bears the compiler's version
    list(APPEND pc_libs -lgomp)
elseif(PLX_HAVE_OMP)
    list(APPEND pc_libs ${OpenMP_C_LIBRARIES})
endif()
if(PLX_HAVE_MPI)
    pkg_check_modules(PLX_OMPI QUIET ompi-c)
    if(PLX_OMPI_FOUND)
        list(APPEND pc_requires ompi-c)
    else()
        list(APPEND pc_libs ${MPI_C_LIBRARIES})
    endif()
endif()
list(JOIN pc_requires " " pc_requires)
list(JOIN pc_libs " " pc_libs)
set(pc_private ".private")
set(pc_public_libs "")
set(pc_private_libs "${pc_libs}")
if(NOT BUILD_SHARED_LIBS)
    set(pc_private "")
    set(pc_public_libs "${pc_libs}")
    set(pc_private_libs "")
endif()
file(RELATIVE_PATH pc_prefix /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(cmake/parallax.pc.in ${PROJECT_BINARY_DIR}/parallax.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/parallax.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

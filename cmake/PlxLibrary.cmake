# SPDX-License-Identifier: MIT
# libparallax from the folders' objects, and the same objects as an archive for the unit tests, since a
# shared library hides what they test.

set(plx_objects plx_core plx_kernels plx_serial plx_pthread)
set(plx_links PkgConfig::XXHASH Threads::Threads m ${CMAKE_DL_LIBS})
if(PLX_HAVE_OMP)
    list(APPEND plx_objects plx_omp)
    list(APPEND plx_links OpenMP::OpenMP_C)
endif()
if(PLX_HAVE_MPI)
    list(APPEND plx_objects plx_mpi)
    list(APPEND plx_links MPI::MPI_C)
endif()
list(TRANSFORM plx_objects REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE plx_files)

add_library(parallax ${plx_files})
add_library(parallax::parallax ALIAS parallax)
set_target_properties(parallax PROPERTIES
    VERSION ${PROJECT_VERSION} SOVERSION 0 LINKER_LANGUAGE C EXPORT_NAME parallax)
target_include_directories(parallax PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(parallax PRIVATE ${plx_links})
if(BUILD_SHARED_LIBS)
    target_link_options(parallax PRIVATE -Wl,-z,defs)
endif()

add_library(plx_inside STATIC EXCLUDE_FROM_ALL ${plx_files})
set_target_properties(plx_inside PROPERTIES LINKER_LANGUAGE C)
target_include_directories(plx_inside INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
target_link_libraries(plx_inside PUBLIC ${plx_links})

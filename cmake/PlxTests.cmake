# SPDX-License-Identifier: MIT
# How tests are built and entered. Labels: quick (a developer's loop), mpi (under mpirun), full (CI only).
find_package(GTest REQUIRED)

# Everything runs as root, on two cores, with more ranks than cores; idle workers must not spin there.
set(PLX_TEST_ENVIRONMENT
    OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
    OMP_WAIT_POLICY=passive UBSAN_OPTIONS=print_stacktrace=1)
set(PLX_TEST_TIMEOUT 120)

# plx_test(name LABELS ... TIMEOUT s PROCESSORS n ENVIRONMENT ... COMMAND ...): one ctest entry, bounded in time.
function(plx_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "RUN_SERIAL" "TIMEOUT;PROCESSORS"
                          "LABELS;ENVIRONMENT;COMMAND;CONFIGURATIONS")
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT ${PLX_TEST_TIMEOUT})
    endif()
    if(NOT arg_PROCESSORS)
        set(arg_PROCESSORS 1)
    endif()
    add_test(NAME ${name} COMMAND ${arg_COMMAND} CONFIGURATIONS ${arg_CONFIGURATIONS})
    set_tests_properties(${name} PROPERTIES
        TIMEOUT ${arg_TIMEOUT} PROCESSORS ${arg_PROCESSORS} RUN_SERIAL ${arg_RUN_SERIAL}
        LABELS "${arg_LABELS}" ENVIRONMENT "${PLX_TEST_ENVIRONMENT};${arg_ENVIRONMENT}")
endfunction()

# plx_gtest(name LINK ... OBJECTS ...): the program test_<name> from all C and C++ files of tests/<name>.
# Memory that a sanitizer holds back is not the library's: PLX_SANITIZED is defined for tests that measure it.
function(plx_gtest name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK;OBJECTS")
    set(folder ${CMAKE_CURRENT_SOURCE_DIR}/${name})
    file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp ${folder}/*.c)
    add_executable(test_${name} ${sources} ${arg_OBJECTS})
    # An EXPECT_ below an if without braces is ours to read, and gtest itself makes it safe.
    target_compile_options(test_${name} PRIVATE -ffp-contract=off -Wno-dangling-else)
    target_compile_definitions(test_${name} PRIVATE OMPI_SKIP_MPICXX MPICH_SKIP_MPICXX
        $<$<BOOL:${PLX_HAVE_OMP}>:PLX_HAVE_OMP=1> $<$<BOOL:${PLX_HAVE_MPI}>:PLX_HAVE_MPI=1>)
    list(FILTER sources INCLUDE REGEX "cpp$")
    list(LENGTH sources files)
    if(files GREATER 4) # GoogleTest's header takes longer than most of our files
        target_precompile_headers(test_${name} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:<gtest/gtest.h$<ANGLE-R>>")
    endif()
    if(PLX_SANITIZE)
        target_compile_definitions(test_${name} PRIVATE PLX_SANITIZED=1)
    endif()
    target_link_libraries(test_${name} PRIVATE ${arg_LINK} GTest::gtest_main m)
endfunction()

# SPDX-License-Identifier: MIT
# What the build leans on. A model that is AUTO and not found is left out and named; one that is ON must be there.

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
if(PLX_COMMAND)
    pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
    pkg_check_modules(PNG REQUIRED IMPORTED_TARGET libpng)
endif()

# plx_find_model(OMP OpenMP): sets PLX_HAVE_OMP and PLX_OMP_TEXT from the option PLX_WITH_OMP.
macro(plx_find_model model package)
    set(PLX_HAVE_${model} OFF)
    string(TOUPPER "${PLX_WITH_${model}}" plx_with)
    if(plx_with STREQUAL "AUTO")
        find_package(${package} COMPONENTS C)
    elseif(plx_with)
        find_package(${package} REQUIRED COMPONENTS C)
    endif()
    if(NOT plx_with)
        set(PLX_${model}_TEXT "off (PLX_WITH_${model}=${PLX_WITH_${model}})")
    elseif(${package}_C_FOUND)
        set(PLX_HAVE_${model} ON)
        set(PLX_${model}_TEXT "${${package}_C_VERSION}")
    else()
        set(PLX_${model}_TEXT "not found (PLX_WITH_${model}=ON tells why)")
    endif()
endmacro()

plx_find_model(OMP OpenMP)
plx_find_model(MPI MPI)

# SPDX-License-Identifier: MIT
# plx_folder(name): the object library plx_<name> from all C files of the current folder, less EXCEPT ones.
# Sources see include/ only; a folder of the library's inside asks for the repository's root itself.

function(plx_folder name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "EXCEPT")
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c ${CMAKE_CURRENT_SOURCE_DIR}/*/*.c)
    foreach(file IN LISTS arg_EXCEPT)
        list(REMOVE_ITEM sources ${CMAKE_CURRENT_SOURCE_DIR}/${file})
    endforeach()
    add_library(plx_${name} OBJECT ${sources})
    target_include_directories(plx_${name} PRIVATE ${PROJECT_SOURCE_DIR}/include)
endfunction()

# pgwire::codec (floors 0 to 2, standard library only) and pgwire::pgwire (all floors, on standalone Asio, or with
# PGWIRE_BOOST_ASIO on Boost's from 1.81).
# With PGWIRE_ASIO_SEPARATE, who links pgwire::pgwire links an Asio that is compiled once, in the project's own build.
# Included by CMakeLists.txt and by the installed package, with `pgwire_include_dir` set.

if(TARGET pgwire::pgwire)
  return()
endif()

# Imported, so that the headers are system headers to whoever links them: their own warnings stay their own.
add_library(pgwire::codec INTERFACE IMPORTED GLOBAL)
set_target_properties(pgwire::codec PROPERTIES
  INTERFACE_INCLUDE_DIRECTORIES "${pgwire_include_dir}"
  INTERFACE_COMPILE_FEATURES cxx_std_20)

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads)

set(pgwire_asio_source "${CMAKE_CURRENT_LIST_DIR}/asio.cpp")
function(pgwire_separate_asio definition)
  set_property(TARGET pgwire::pgwire APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS ${definition})
  add_library(pgwire_asio STATIC EXCLUDE_FROM_ALL "${pgwire_asio_source}")
  target_compile_features(pgwire_asio PRIVATE cxx_std_20)
  target_compile_definitions(pgwire_asio PRIVATE $<TARGET_PROPERTY:pgwire::pgwire,INTERFACE_COMPILE_DEFINITIONS>)
  target_include_directories(pgwire_asio SYSTEM PRIVATE
    "${pgwire_include_dir}" $<TARGET_PROPERTY:pgwire::pgwire,INTERFACE_INCLUDE_DIRECTORIES>)
  target_link_libraries(pgwire_asio PUBLIC Threads::Threads)
  set_property(TARGET pgwire::pgwire APPEND PROPERTY INTERFACE_LINK_LIBRARIES pgwire_asio)
endfunction()

if(PGWIRE_BOOST_ASIO)
  foreach(policy CMP0144 CMP0167)  # BOOST_ROOT says where Boost is, and Boost's own package what it has
    if(POLICY ${policy})
      cmake_policy(SET ${policy} NEW)
    endif()
  endforeach()
  find_package(Boost 1.81)
  if(Boost_FOUND AND Threads_FOUND)
    add_library(pgwire::pgwire INTERFACE IMPORTED GLOBAL)
    set_target_properties(pgwire::pgwire PROPERTIES
      INTERFACE_COMPILE_DEFINITIONS "PGWIRE_BOOST_ASIO"
      INTERFACE_INCLUDE_DIRECTORIES "${Boost_INCLUDE_DIRS}"
      INTERFACE_LINK_LIBRARIES "pgwire::codec;Threads::Threads")
    if(PGWIRE_ASIO_SEPARATE)
      pgwire_separate_asio(BOOST_ASIO_SEPARATE_COMPILATION)
    endif()
  else()
    message(STATUS "pgwire: no Boost from 1.81 (BOOST_ROOT): only the target pgwire::codec exists")
  endif()
  return()
endif()

# A project that has Asio elsewhere says so in PGWIRE_ASIO_INCLUDE_DIR.
find_path(PGWIRE_ASIO_INCLUDE_DIR asio.hpp DOC "where standalone Asio's asio.hpp is")

if(PGWIRE_ASIO_INCLUDE_DIR AND Threads_FOUND)
  add_library(pgwire::pgwire INTERFACE IMPORTED GLOBAL)
  set_target_properties(pgwire::pgwire PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${PGWIRE_ASIO_INCLUDE_DIR}"
    INTERFACE_COMPILE_DEFINITIONS "ASIO_STANDALONE"
    INTERFACE_LINK_LIBRARIES "pgwire::codec;Threads::Threads")
  # Asio before 1.26 does not see that clang has C++20's coroutines.
  file(STRINGS "${PGWIRE_ASIO_INCLUDE_DIR}/asio/version.hpp" pgwire_asio_version REGEX "define ASIO_VERSION [0-9]+")
  string(REGEX REPLACE ".* ASIO_VERSION ([0-9]+).*" "\\1" pgwire_asio_version "${pgwire_asio_version}")
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND pgwire_asio_version LESS 102600)
    set_property(TARGET pgwire::pgwire APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS ASIO_HAS_CO_AWAIT)
  endif()
  if(PGWIRE_ASIO_SEPARATE)
    pgwire_separate_asio(ASIO_SEPARATE_COMPILATION)
  endif()
else()
  message(STATUS "pgwire: no standalone Asio (PGWIRE_ASIO_INCLUDE_DIR): only the target pgwire::codec exists")
endif()

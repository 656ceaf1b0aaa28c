# Debian's packages. Boost comes as headers and is compiled once, in src/vendor: cross builds then
# need no Boost of the other architecture, and no translation unit compiles Asio twice.
find_package(Boost 1.81 REQUIRED)
find_package(Threads REQUIRED)

find_library(OPENSSL_SSL_ARCHIVE NAMES libssl.a REQUIRED)
find_library(OPENSSL_CRYPTO_ARCHIVE NAMES libcrypto.a REQUIRED)
find_library(PUGIXML_ARCHIVE NAMES libpugixml.a REQUIRED)

add_library(openssl INTERFACE)
target_link_libraries(openssl INTERFACE
  ${OPENSSL_SSL_ARCHIVE} ${OPENSSL_CRYPTO_ARCHIVE} Threads::Threads ${CMAKE_DL_LIBS})

add_library(pugixml INTERFACE)
target_link_libraries(pugixml INTERFACE ${PUGIXML_ARCHIVE})

if(NOT FALSEWORK_BOOTSTRAP_ONLY)
  find_library(YAML_CPP_ARCHIVE NAMES libyaml-cpp.a REQUIRED)
  add_library(yaml INTERFACE)
  target_link_libraries(yaml INTERFACE ${YAML_CPP_ARCHIVE})
  # Functions' packages are inflated. Debian's libzip is a shared library only, and would bring a
  # second libcrypto.
  find_library(ZLIB_ARCHIVE NAMES libz.a REQUIRED)
  add_library(zlib INTERFACE)
  target_link_libraries(zlib INTERFACE ${ZLIB_ARCHIVE})
  find_package(CLI11 REQUIRED)
  find_package(GTest REQUIRED)
  find_package(benchmark REQUIRED)
endif()

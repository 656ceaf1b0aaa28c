// Compiled once per preset and included before every file of a test program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "precompiled.hpp"

// Unpacks a deployment package into a folder of this machine.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/runtime.hpp"

namespace process {

// `folder` must be new and writable by nobody else. Throws sim::lambda::ArchiveError for a package
// that is no good (nothing is ever written outside of `folder`, nor more than the sizes that the
// archive declares), std::system_error when it cannot be written. In slices of a few megabytes, so
// that everybody else has his turn in between; `archive` must outlive it.
base::Task<void> unpack(base::Runtime& runtime, std::string_view archive,
                        std::filesystem::path folder);

}  // namespace process

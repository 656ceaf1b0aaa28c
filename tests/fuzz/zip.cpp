// A deployment package as it is uploaded.
#include "sim/lambda/archive.hpp"
#include "targets.hpp"

namespace fuzz {

void run_zip(std::string_view input) {
  try {
    std::uint64_t unpacked = 0;
    for (const auto& member : sim::lambda::read_archive(input)) {
      const std::string_view name = member.name;
      require(!name.empty() && !name.starts_with('/') && !name.contains('\0'),
              "a member has a relative name");
      require(name != ".." && !name.starts_with("../") && !name.contains("/../") &&
                  !name.ends_with("/.."),
              "no member leads out of the package");
      const auto* begin = member.packed.data();
      require(member.packed.empty() || (begin >= input.data() && begin + member.packed.size() <=
                                                                     input.data() + input.size()),
              "a member lies inside the archive");
      unpacked += member.size;
    }
    require(unpacked <= sim::lambda::unzipped_limit, "a package fits unpacked");
  } catch (const sim::lambda::ArchiveError& error) {
    require(!error.why.empty(), "a refusal has a reason");
  }
}

}  // namespace fuzz

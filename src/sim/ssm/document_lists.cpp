// ListDocuments and ListDocumentVersions.
#include <algorithm>

#include "sim/ssm/documents.hpp"
#include "sim/ssm/parameters.hpp"

namespace sim::ssm {

json::object Documents::list(const Fields& in) const {
  in.unsupported("ListDocuments", {"DocumentFilterList"});
  std::vector<std::string> names;
  for (const auto& [name, one] : entries_) {
    bool passes = true;
    for (const auto& value : in.list("Filters")) {
      if (!value.is_object()) throw Error("SerializationException", "A filter is a structure.");
      const Fields filter(value.get_object());
      const auto key = filter.required("Key");
      const auto values = filter.texts("Values");
      const auto any = [&](const auto& test) { return std::ranges::any_of(values, test); };
      if (key == "Name") {
        passes = passes && any([&](const auto& start) { return name.starts_with(start); });
      } else if (key == "Owner") {
        passes = passes && any([&](const auto& owner) {
                   return owner == "All" || owner == (one.amazon ? "Amazon" : "Self") ||
                          (owner == "Private" && !one.amazon) || (owner == "Public" && one.amazon);
                 });
      } else if (key == "DocumentType") {
        passes = passes && any([](const auto& type) { return type == "Command"; });
      } else {
        throw Error("NotImplemented",
                    fmt::format("The embedded AWS has no filter {} for ListDocuments.", key), 501);
      }
    }
    if (passes) names.push_back(name);
  }
  json::object out;
  json::array found;
  for (const auto& name : page_of(names, in, 50, 50, out)) {
    found.push_back(identity(name, find(name)));
  }
  out["DocumentIdentifiers"] = std::move(found);
  return out;
}

json::object Documents::list_versions(const Fields& in) const {
  const auto name = in.required("Name");
  const auto& of = entry(name);
  const auto of_name = name.substr(name.starts_with("arn:") ? name.rfind('/') + 1 : 0);
  std::vector<std::string> numbers;
  for (const auto& one : of.versions) numbers.push_back(std::to_string(one.number));
  std::ranges::reverse(numbers);  // the newest first
  json::object out;
  json::array found;
  for (const auto& number : page_of(numbers, in, 50, 50, out)) {
    const auto& one = find(name, number);
    json::object version{{"Name", of_name},
                         {"DocumentVersion", number},
                         {"CreatedDate", epoch_seconds(one.created)},
                         {"IsDefaultVersion", one.number == of.default_version},
                         {"DocumentFormat", one.format},
                         {"Status", "Active"}};
    if (!one.name.empty()) version["VersionName"] = one.name;
    found.push_back(std::move(version));
  }
  out["DocumentVersions"] = std::move(found);
  return out;
}

}  // namespace sim::ssm

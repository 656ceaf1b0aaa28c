// What stands between a template and the embedded AWS, for people: problems with their places, what
// there is instead of a type that is missing, and properties that only AWS itself honours.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/cloudformation/cloudformation.hpp"
#include "sim/cloudformation/handler.hpp"

namespace sim::cloudformation {

namespace {

// "AWS::ECS::Nothing" -> what else AWS::ECS has.
std::string others_of(std::string_view type) {
  const auto service = type.substr(0, type.rfind("::") + 2);
  std::vector<std::string> names;
  for (const auto& known : supported_types()) {
    if (known.starts_with(service)) names.push_back(known.substr(service.size()));
  }
  if (names.empty()) return "; the embedded AWS has no type of this service";
  return fmt::format("; of this service the embedded AWS has {}", fmt::join(names, ", "));
}

}  // namespace

std::vector<templates::Problem> problems_of(const std::string& text, const std::string& file) {
  auto reading = templates::read(text, file, schema_of);
  for (auto& problem : reading.problems) {
    if (problem.kind != templates::Problem::Kind::unsupported_type) continue;
    const auto* resource = reading.value.resource(problem.logical_id);
    if (resource != nullptr) problem.text += others_of(resource->type);
  }
  for (const auto& resource : reading.value.resources) {
    for (const auto& name : unsupported_in(resource.type, resource.properties)) {
      const auto path = fmt::format("/Resources/{}/Properties/{}", resource.logical_id,
                                    name.substr(0, name.find('.')));
      reading.problems.push_back(
          {.file = file,
           .line = reading.value.positions.line(path),
           .logical_id = resource.logical_id,
           .text = fmt::format("the embedded AWS does not honour the property {} of {}", name,
                               resource.type),
           .kind = templates::Problem::Kind::property,
           .subject = name,
           .section = "Resources"});
    }
  }
  return std::move(reading.problems);
}

}  // namespace sim::cloudformation

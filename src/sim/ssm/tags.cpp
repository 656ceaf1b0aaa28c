// AddTagsToResource, RemoveTagsFromResource and ListTagsForResource, whatever has the tags.
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AddTagsToResource.html
#include "sim/ssm/ssm.hpp"

namespace sim::ssm {

std::map<std::string, std::string>& Ssm::tags_of(const Fields& in) {
  const auto type = in.required("ResourceType");
  const auto id = in.required("ResourceId");
  std::map<std::string, std::string>* tags = nullptr;
  if (type == "Parameter") {
    tags = parameters_.tags(id);
  } else if (type == "Document") {
    tags = documents_.tags(id);
  } else if (type == "Association") {
    tags = associations_.tags(id);
  } else {
    throw Error("NotImplemented",
                fmt::format("The embedded AWS has no tags for SSM resources of type {}.", type),
                501);
  }
  if (tags == nullptr) throw Error("InvalidResourceId", "");
  return *tags;
}

std::vector<Access> Ssm::tagged(const Fields& in) {
  const auto type = in.text("ResourceType");
  const auto id = in.text("ResourceId");
  if (type == "Parameter") return {{"", parameters_.arn(id), parameters_.context_of(id, in)}};
  if (type == "Document") return {document(in, "ResourceId")};
  return {association(id, in)};
}

void Ssm::add_tags() {
  const auto access = [this](const Fields& in) { return tagged(in); };
  add(
      "AddTagsToResource",
      [this](const Fields& in) -> json::object {
        auto& tags = tags_of(in);
        for (const auto& [key, value] : tags_in(in)) tags[key] = value;
        if (tags.size() > 50) {
          throw Error("TooManyTagsError", "The number of tags exceeds the limit of 50.");
        }
        return {};
      },
      access);
  add(
      "RemoveTagsFromResource",
      [this](const Fields& in) -> json::object {
        auto& tags = tags_of(in);
        for (const auto& key : in.texts("TagKeys")) tags.erase(key);
        return {};
      },
      access);
  add(
      "ListTagsForResource",
      [this](const Fields& in) -> json::object {
        json::array list;
        for (const auto& [key, value] : tags_of(in)) {
          list.push_back(json::object{{"Key", key}, {"Value", value}});
        }
        return {{"TagList", std::move(list)}};
      },
      access);
}

}  // namespace sim::ssm

// Launch templates: what RunInstances would ask for, kept under a name, in versions.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-launch-templates.html
#include "sim/ec2/launch_template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"
#include "sim/ec2/tokens.hpp"

namespace sim::ec2 {
namespace {

// What a template may hold here: what RunInstances understands.
constexpr std::string_view members[] = {"ImageId",
                                        "InstanceType",
                                        "KeyName",
                                        "SecurityGroupId",
                                        "NetworkInterface",
                                        "IamInstanceProfile",
                                        "UserData",
                                        "TagSpecification",
                                        "MetadataOptions",
                                        "Placement",
                                        "DisableApiTermination",
                                        "DisableApiStop",
                                        "EbsOptimized",
                                        "InstanceInitiatedShutdownBehavior",
                                        "BlockDeviceMapping",
                                        "Monitoring",
                                        "CreditSpecification"};

json::object read_data(const Call& call) {
  auto data = object(call.input, "LaunchTemplateData");
  if (data.empty()) throw missing_parameter("LaunchTemplateData");
  for (const auto& [name, value] : data) {
    if (std::ranges::find(members, std::string_view(name)) != std::end(members)) continue;
    throw Error("UnknownParameter",
                fmt::format("The parameter LaunchTemplateData.{} is not recognized: the embedded "
                            "EC2 does not support it.",
                            std::string_view(name)));
  }
  return data;
}

Error unknown_name(const std::string& name) {
  return {
      "InvalidLaunchTemplateName.NotFoundException",
      fmt::format("The specified launch template, with template name {}, does not exist.", name)};
}

// The template that `holder` names by id or by name; nullptr when it names none that exists.
const LaunchTemplate* find_template(const Estate& estate, const json::object& holder) {
  const auto id = text(holder, "LaunchTemplateId");
  if (!id.empty()) return estate.find(estate.model.launch_templates, id);
  const auto name = text(holder, "LaunchTemplateName");
  for (const auto& [key, one] : estate.model.launch_templates) {
    if (one.name == name && one.visible <= estate.now()) return &one;
  }
  return nullptr;
}

const LaunchTemplate& named(const Estate& estate, const json::object& holder) {
  const auto id = text(holder, "LaunchTemplateId");
  const auto name = text(holder, "LaunchTemplateName");
  if (id.empty() == name.empty()) {
    throw Error(id.empty() ? "MissingParameter" : "InvalidParameterCombination",
                "Either LaunchTemplateId or LaunchTemplateName must be given, not both.");
  }
  if (!id.empty()) check_form(kind::launch_template, id);
  const auto* found = find_template(estate, holder);
  if (found) return *found;
  throw id.empty() ? unknown_name(name) : not_found(kind::launch_template, id);
}

// $Default, $Latest or a number; empty means the default.
const TemplateVersion& version_of(const LaunchTemplate& one, const std::string& asked) {
  int number = one.default_version;
  if (asked == "$Latest") {
    number = one.latest_version;
  } else if (!asked.empty() && asked != "$Default") {
    const auto [end, error] = std::from_chars(asked.data(), asked.data() + asked.size(), number);
    if (error != std::errc() || end != asked.data() + asked.size()) {
      throw invalid_value(fmt::format("Invalid launch template version: {}", asked));
    }
  }
  const auto found = std::ranges::find(one.versions, number, &TemplateVersion::number);
  if (found != one.versions.end()) return *found;
  throw Error("InvalidLaunchTemplateId.VersionNotFound",
              fmt::format("Could not find the specified version {} for the launch template with ID "
                          "{}.",
                          number, one.id));
}

json::object data_of(const TemplateVersion& version) {
  return json::parse(version.data).as_object();
}

json::object view(const Estate&, const LaunchTemplate& one) {
  return {{"launchTemplateId", one.id},
          {"launchTemplateName", one.name},
          {"createTime", base::iso8601(one.created)},
          {"createdBy", one.creator},
          {"defaultVersionNumber", one.default_version},
          {"latestVersionNumber", one.latest_version},
          {"tagSet", tag_set(one.tags)}};
}

// Requests name "NetworkInterface.1.SecurityGroupId", answers "networkInterfaceSet/groupSet".
std::string answer_name(std::string_view name, bool list, bool in_interface) {
  if (in_interface && name == "SecurityGroupId") return "groupSet";
  std::string result(name);
  if (!result.empty() && result[0] >= 'A' && result[0] <= 'Z') {
    result[0] = static_cast<char>(result[0] - 'A' + 'a');
  }
  return list ? result + "Set" : result;
}

json::value answer_of(const json::value& request, bool in_interface) {
  if (const auto* list = request.if_array()) {
    json::array result;
    for (const auto& one : *list) result.push_back(answer_of(one, in_interface));
    return result;
  }
  if (const auto* holder = request.if_object()) {
    json::object result;
    for (const auto& [name, value] : *holder) {
      result[answer_name(name, value.is_array(), in_interface)] =
          answer_of(value, std::string_view(name) == "NetworkInterface");
    }
    return result;
  }
  return request;
}

json::object version_view(const LaunchTemplate& one, const TemplateVersion& version) {
  json::object result{
      {"launchTemplateId", one.id},      {"launchTemplateName", one.name},
      {"versionNumber", version.number}, {"createTime", base::iso8601(version.created)},
      {"createdBy", version.creator},    {"defaultVersion", version.number == one.default_version}};
  if (!version.description.empty()) result["versionDescription"] = version.description;
  result["launchTemplateData"] = answer_of(data_of(version), false);
  return result;
}

TemplateVersion new_version(const Estate& estate, const Call& call, int number,
                            const json::object& data) {
  return {.number = number,
          .description = text(call.input, "VersionDescription"),
          .data = json::serialize(data),
          .created = estate.now(),
          .creator = call.caller.arn};
}

std::string read_name(const Call& call) {
  auto name = required(call.input, "LaunchTemplateName");
  const bool fine = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("().-/_").contains(c);
  });
  if (!fine || name.size() < 3 || name.size() > 128) {
    throw Error("InvalidLaunchTemplateName.MalformedException",
                "A launch template name must be between 3 and 128 characters, and may contain "
                "letters, numbers, and the following characters: - ( ) . / _.");
  }
  return name;
}

json::object create(Estate& estate, const Call& call) {
  auto id = made_before(estate, call);
  if (id.empty()) {
    LaunchTemplate one;
    one.name = read_name(call);
    const auto data = read_data(call);
    if (find_template(estate, {{"LaunchTemplateName", one.name}})) {
      throw Error("InvalidLaunchTemplateName.AlreadyExistsException",
                  "Launch template name already in use.");
    }
    estate.stamp(one, kind::launch_template, tags_for(call, kind::launch_template.type));
    one.creator = call.caller.arn;
    one.versions.push_back(new_version(estate, call, 1, data));
    id = one.id;
    estate.model.launch_templates[id] = std::move(one);
    remember(estate, call, id);
  }
  json::object output;
  output["launchTemplate"] = view(estate, estate.model.launch_templates.at(id));
  return output;
}

LaunchTemplate& changing(Estate& estate, const Call& call) {
  return estate.model.launch_templates.at(named(estate, call.input).id);
}

// A new version is what SourceVersion says, overwritten by what the call says.
json::object create_version(Estate& estate, const Call& call) {
  auto& one = changing(estate, call);
  auto data = read_data(call);
  if (const auto source = text(call.input, "SourceVersion"); !source.empty()) {
    auto merged = data_of(version_of(one, source));
    for (const auto& [name, value] : data) merged[name] = value;
    data = std::move(merged);
  }
  one.versions.push_back(new_version(estate, call, ++one.latest_version, data));
  json::object output;
  output["launchTemplateVersion"] = version_view(one, one.versions.back());
  return output;
}

json::object modify(Estate& estate, const Call& call) {
  auto& one = changing(estate, call);
  one.default_version = version_of(one, required(call.input, "SetDefaultVersion")).number;
  json::object output;
  output["launchTemplate"] = view(estate, one);
  return output;
}

json::object remove(Estate& estate, const Call& call) {
  const auto& one = named(estate, call.input);
  json::object output;
  output["launchTemplate"] = view(estate, one);
  estate.model.launch_templates.erase(std::string(one.id));
  return output;
}

json::object remove_versions(Estate& estate, const Call& call) {
  auto& one = changing(estate, call);
  json::array done;
  json::array refused;
  for (const auto& asked : texts(call.input, "LaunchTemplateVersion")) {
    json::object entry{
        {"launchTemplateId", one.id}, {"launchTemplateName", one.name}, {"versionNumber", asked}};
    const auto found = std::ranges::find_if(one.versions, [&](const TemplateVersion& version) {
      return std::to_string(version.number) == asked;
    });
    const bool kept = found != one.versions.end() && found->number == one.default_version;
    if (found == one.versions.end() || kept) {
      entry["responseError"] =
          json::object{{"code", kept ? "unexpectedError" : "launchTemplateVersionDoesNotExist"},
                       {"message", kept ? "The default version cannot be deleted."
                                        : "The version does not exist."}};
      refused.push_back(std::move(entry));
      continue;
    }
    one.versions.erase(found);
    done.push_back(std::move(entry));
  }
  json::object output;
  output["successfullyDeletedLaunchTemplateVersionSet"] = std::move(done);
  output["unsuccessfullyDeletedLaunchTemplateVersionSet"] = std::move(refused);
  return output;
}

constexpr Field<LaunchTemplate> fields[] = {
    {"launch-template-name", [](const Estate&, const LaunchTemplate& t) { return Texts{t.name}; }},
    {"create-time",
     [](const Estate&, const LaunchTemplate& t) { return Texts{base::iso8601(t.created)}; }},
};

json::object describe_templates(Estate& estate, const Call& call) {
  static const Description<LaunchTemplate> description{
      "launchTemplates", "LaunchTemplateId", kind::launch_template, 200, fields, view};
  Call by_id = call;
  auto ids = texts(call.input, "LaunchTemplateId");
  for (const auto& name : texts(call.input, "LaunchTemplateName")) {
    ids.push_back(named(estate, {{"LaunchTemplateName", name}}).id);
  }
  by_id.input["LaunchTemplateId"] = array_of(ids);
  return describe(estate, by_id, estate.model.launch_templates, description);
}

json::object describe_versions(Estate& estate, const Call& call) {
  const auto& one = named(estate, call.input);
  const auto least = number(call.input, "MinVersion").value_or(1);
  const auto most = number(call.input, "MaxVersion").value_or(one.latest_version);
  Texts wanted;
  for (const auto& asked : texts(call.input, "LaunchTemplateVersion")) {
    wanted.push_back(std::to_string(version_of(one, asked).number));
  }
  std::map<std::string, json::object> entries;
  for (const auto& version : one.versions) {
    const auto number = std::to_string(version.number);
    const bool asked = wanted.empty() ? version.number >= least && version.number <= most
                                      : std::ranges::find(wanted, number) != wanted.end();
    if (asked) entries[fmt::format("{:06}", version.number)] = version_view(one, version);
  }
  return page(call, "launchTemplateVersionSet", std::move(entries), 200);
}

std::vector<Access> on_template(const Estate& estate, const Call& call) {
  const auto* found = find_template(estate, call.input);
  return Gate(estate, call).on(found ? found->id : text(call.input, "LaunchTemplateId"));
}

}  // namespace

std::string launch_template_of(const Estate& estate, const Call& call) {
  const auto asked = object(call.input, "LaunchTemplate");
  const auto* found = asked.empty() ? nullptr : find_template(estate, asked);
  return found ? found->id : std::string();
}

Call with_launch_template(const Estate& estate, const Call& call) {
  const auto asked = object(call.input, "LaunchTemplate");
  if (asked.empty()) return call;
  Call merged = call;
  const auto& version = version_of(named(estate, asked), text(asked, "Version"));
  for (const auto& [name, value] : data_of(version)) {
    if (!has(call.input, name)) merged.input[name] = value;
  }
  return merged;
}

void add_launch_template_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateLaunchTemplate",
        "LaunchTemplateName VersionDescription LaunchTemplateData TagSpecification ClientToken",
        create,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call).fresh(kind::launch_template.type);
        }},
       {"CreateLaunchTemplateVersion",
        "LaunchTemplateId LaunchTemplateName SourceVersion VersionDescription LaunchTemplateData "
        "ClientToken",
        create_version, on_template},
       {"ModifyLaunchTemplate", "LaunchTemplateId LaunchTemplateName SetDefaultVersion ClientToken",
        modify, on_template},
       {"DeleteLaunchTemplate", "LaunchTemplateId LaunchTemplateName", remove, on_template},
       {"DeleteLaunchTemplateVersions", "LaunchTemplateId LaunchTemplateName LaunchTemplateVersion",
        remove_versions, on_template},
       {"DescribeLaunchTemplates",
        "LaunchTemplateId LaunchTemplateName Filter MaxResults NextToken", describe_templates},
       {"DescribeLaunchTemplateVersions",
        "LaunchTemplateId LaunchTemplateName LaunchTemplateVersion MinVersion MaxVersion "
        "MaxResults NextToken",
        describe_versions}});
}

}  // namespace sim::ec2

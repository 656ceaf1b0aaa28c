// The table of operations, and Parameter Store.
#include "sim/core/images.hpp"
#include "sim/ssm/ssm.hpp"

namespace sim::ssm {

namespace {

[[noreturn]] void not_found() {
  throw Error("ParameterNotFound", "");
}

}  // namespace

Ssm::Ssm(Context context, ec2::Ec2& ec2, ecs::Ecs& ecs, iam::Iam& iam, Knobs knobs)
    : context_(std::move(context)),
      ec2_(ec2),
      ecs_(ecs),
      iam_(iam),
      knobs_(knobs),
      random_(context_.random("ssm")) {
  const auto by_name = [this](const Fields& in) -> std::vector<Access> {
    return {{"", parameter_arn(in.text("Name"))}};
  };
  add("GetParameter", &Ssm::get_parameter, by_name);
  add("PutParameter", &Ssm::put_parameter, by_name);
  add("DeleteParameter", &Ssm::delete_parameter, by_name);
  add("GetParameters", &Ssm::get_parameters, [this](const Fields& in) {
    std::vector<Access> accesses;
    for (const auto& one : in.texts("Names")) accesses.push_back({"", parameter_arn(one)});
    return accesses;
  });
  add("GetParametersByPath", &Ssm::get_parameters_by_path,
      [this](const Fields& in) -> std::vector<Access> {
        return {{"", parameter_arn(in.text("Path"))}};
      });
  add("SendCommand", &Ssm::send_command, [this](const Fields& in) {
    std::vector<Access> accesses{{"", fmt::format("arn:{}:ssm:{}::document/{}", context_.partition,
                                                  context_.region, in.text("DocumentName"))}};
    for (const auto& id : targets(in)) {
      accesses.push_back({"", fmt::format("arn:{}:ec2:{}:{}:instance/{}", context_.partition,
                                          context_.region, context_.account, id)});
    }
    return accesses;
  });
  const auto anything = [](const Fields&) -> std::vector<Access> { return {{"", "*"}}; };
  add("GetCommandInvocation", &Ssm::get_command_invocation, anything);
  add("ListCommandInvocations", &Ssm::list_command_invocations, anything);
  add("DescribeInstanceInformation", &Ssm::describe_instance_information, anything);
}

void Ssm::add(const std::string& action, Run run,
              std::function<std::vector<Access>(const Fields&)> access) {
  operations_[action] = {
      .run = at_once([this, run](const Call& call) { return (this->*run)(call); }),
      .access = [action, access = std::move(access)](const Call& call) {
        std::vector<Access> accesses;
        try {
          accesses = access(Fields(call.input));
        } catch (const Error&) {  // of the wrong type: refused by the operation itself
          accesses = {{"", "*"}};
        }
        for (auto& one : accesses) one.action = "ssm:" + action;
        return accesses;
      }};
}

base::Duration Ssm::draw(Range range) {
  return base::Duration(random_.integer(range.low.count(), range.high.count()));
}

std::string Ssm::parameter_arn(const std::string& name) const {
  const bool of_aws = name.starts_with("/aws/service/");
  return fmt::format("arn:{}:ssm:{}:{}:parameter{}{}", context_.partition, context_.region,
                     of_aws ? "" : context_.account, name.starts_with('/') ? "" : "/", name);
}

json::object Ssm::shown(const std::string& name, const Parameter& one) const {
  return {{"Name", name},
          {"Type", one.type},
          {"Value", one.value},
          {"Version", one.version},
          {"LastModifiedDate", epoch_seconds(one.modified)},
          {"ARN", parameter_arn(name)},
          {"DataType", one.data_type}};
}

std::optional<json::object> Ssm::find_parameter(const std::string& name) const {
  if (const auto own = parameters_.find(name); own != parameters_.end()) {
    return shown(name, own->second);
  }
  for (const auto& image : images()) {
    if (name != image.parameter) continue;
    Parameter one{image.id, "String", "aws:ec2:image", {}, 1, {}};
    return shown(name, one);
  }
  return std::nullopt;
}

json::object Ssm::get_parameter(const Call& call) {
  auto found = find_parameter(Fields(call.input).required("Name"));
  if (!found) not_found();
  return {{"Parameter", std::move(*found)}};
}

json::object Ssm::get_parameters(const Call& call) {
  const auto names = Fields(call.input).texts("Names");
  if (names.empty() || names.size() > 10) {
    throw Error(
        "ValidationException",
        "1 validation error detected: Value at 'names' failed to satisfy constraint: Member "
        "must have length less than or equal to 10");
  }
  json::array found, invalid;
  for (const auto& name : names) {
    if (auto one = find_parameter(name)) {
      found.push_back(std::move(*one));
    } else {
      invalid.push_back(json::value(name));
    }
  }
  return {{"Parameters", std::move(found)}, {"InvalidParameters", std::move(invalid)}};
}

json::object Ssm::get_parameters_by_path(const Call& call) {
  const Fields in(call.input);
  in.unsupported("GetParametersByPath", {"ParameterFilters"});
  auto path = in.required("Path");
  if (!path.starts_with('/')) {
    throw Error("ValidationException",
                "The parameter doesn't meet the parameter name requirements. The parameter name "
                "must begin with a forward slash \"/\".");
  }
  if (!path.ends_with('/')) path += '/';
  std::set<std::string> names;
  for (const auto& [name, _] : parameters_) names.insert(name);
  for (const auto& image : images()) names.insert(image.parameter);
  const bool deep = in.flag("Recursive");
  std::erase_if(names, [&](const std::string& name) {
    return !name.starts_with(path) || (!deep && name.find('/', path.size()) != std::string::npos);
  });
  const auto most = std::clamp<std::int64_t>(in.integer("MaxResults", 10), 1, 10);
  json::array found;
  json::object out;
  for (auto one = names.upper_bound(in.text("NextToken")); one != names.end(); ++one) {
    if (static_cast<std::int64_t>(found.size()) == most) {
      out["NextToken"] = *std::prev(one);
      break;
    }
    found.push_back(*find_parameter(*one));
  }
  out["Parameters"] = std::move(found);
  return out;
}

json::object Ssm::put_parameter(const Call& call) {
  const Fields in(call.input);
  in.unsupported("PutParameter", {"KeyId", "AllowedPattern", "Policies"});
  const auto name = in.required("Name");
  const auto bare = name.substr(
      name.find_first_not_of('/') == std::string::npos ? 0 : name.find_first_not_of('/'));
  if (bare.starts_with("aws") || bare.starts_with("ssm")) {
    throw Error("ValidationException",
                "Parameter name: can't be prefixed with \"aws\" or \"ssm\" (case-insensitive).");
  }
  const auto found = parameters_.find(name);
  const bool there = found != parameters_.end();
  if (there && !in.flag("Overwrite")) {
    throw Error(
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in "
        "the request to true.");
  }
  const auto type = there ? in.text("Type", found->second.type) : in.required("Type");
  if (type == "SecureString") {
    throw Error("NotImplemented", "The embedded AWS has no parameters of type SecureString.", 501);
  }
  if (type != "String" && type != "StringList") {
    throw Error("UnsupportedParameterType", fmt::format("{} is not a parameter type.", type));
  }
  const auto value = in.required("Value");
  if (value.size() > 4096 && in.text("Tier") != "Advanced") {
    throw Error("ValidationException",
                "Standard tier parameters support a maximum parameter value of 4096 characters.");
  }
  auto& one = parameters_[name];
  one = {value,
         type,
         in.text("DataType", "text"),
         in.text("Description"),
         there ? one.version + 1 : 1,
         context_.now()};
  return {{"Version", one.version}, {"Tier", in.text("Tier", "Standard")}};
}

json::object Ssm::delete_parameter(const Call& call) {
  if (parameters_.erase(Fields(call.input).required("Name")) == 0) not_found();
  return {};
}

}  // namespace sim::ssm

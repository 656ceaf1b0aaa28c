#include "falsework/spec.hpp"

#include <array>
#include <charconv>
#include <set>

#include "falsework/kind.hpp"

namespace falsework {

namespace json = boost::json;

namespace {

using Problems = std::vector<std::string>;

constexpr std::array known_properties{"Temporary", "Until",          "Keep",        "OnFailure",
                                      "Token",     "ServiceTimeout", "ServiceToken"};

std::string shown(const json::value& value) {
  constexpr std::size_t enough = 80;
  std::string text = json::serialize(value);
  if (text.size() > enough) text = text.substr(0, enough) + "...";
  return text;
}

// CloudFormation sends scalars as strings, but other senders may not.
std::optional<std::string> scalar(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_int64()) return std::to_string(value.get_int64());
  if (value.is_bool()) return value.get_bool() ? "true" : "false";
  return std::nullopt;
}

std::vector<std::string> strings(const json::value& value, std::string_view property,
                                 Problems& problems) {
  std::vector<std::string> texts;
  if (!value.is_array()) {
    problems.push_back(fmt::format("{} must be a list, not {}", property, shown(value)));
    return texts;
  }
  for (const auto& element : value.get_array()) {
    if (element.is_string()) {
      texts.emplace_back(element.get_string());
    } else {
      problems.push_back(fmt::format("{} must hold ids, not {}", property, shown(element)));
    }
  }
  return texts;
}

bool looks_like_an_address(std::string_view text) {
  return !text.empty() && std::ranges::count(text, '.') == 3 &&
         text.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string unknown_id(std::string_view property, const std::string& id) {
  if (looks_like_an_address(id)) {
    return fmt::format(
        "{}: {} is a public address; write its allocation id, eipalloc-... (!GetAtt "
        "YourEip.AllocationId)",
        property, id);
  }
  return fmt::format(
      "{}: \"{}\" is not an id of a known kind; known are nat-..., eipalloc-..., igw-..., "
      "rtb-...|0.0.0.0/0, rtb-...|::/0 and igw-...|vpc-...",
      property, id);
}

// "IGW|vpc-1" and "igw-1|vpc-1" name the same attachment: a VPC has one internet gateway at most.
std::string same_thing(const std::string& id) {
  const auto bar = id.find("|vpc-");
  return bar == std::string::npos ? id : "IGW" + id.substr(bar);
}

// Ids may be kept that cannot be struck: a subnet's route table, say, keeps all its routes.
bool may_be_kept(const std::string& id) {
  return kind_of(id) != nullptr || is_aws_id(id, "rtb-") || is_aws_id(id, "vpc-");
}

void check_ids(const Spec& spec, Problems& problems) {
  std::set<std::string> listed;
  for (const auto& id : spec.temporary) {
    if (kind_of(id) == nullptr) {
      problems.push_back(unknown_id("Temporary", id));
    } else if (!listed.insert(same_thing(id)).second) {
      problems.push_back(fmt::format("Temporary: {} is listed twice", id));
    }
  }
  std::set<std::string> kept;
  for (const auto& id : spec.keep) {
    if (!may_be_kept(id)) {
      problems.push_back(unknown_id("Keep", id));
    } else if (!kept.insert(same_thing(id)).second) {
      problems.push_back(fmt::format("Keep: {} is listed twice", id));
    } else if (listed.contains(same_thing(id))) {
      problems.push_back(fmt::format("{} is in both Temporary and Keep", id));
    }
  }
}

// arn:PARTITION:ecs:REGION:ACCOUNT:service/[CLUSTER/]NAME
bool is_service_arn(std::string_view text) {
  std::vector<std::string_view> parts;
  for (const auto part : std::views::split(text, ':')) parts.emplace_back(part);
  return parts.size() == 6 && parts[0] == "arn" && parts[1].starts_with("aws") &&
         parts[2] == "ecs" && !parts[3].empty() && parts[4].size() == 12 &&
         parts[5].starts_with("service/") && parts[5].size() > std::string_view("service/").size();
}

std::optional<Condition> parse_condition(const json::value& value, Problems& problems) {
  const auto wrong = [&](std::string_view why) -> std::optional<Condition> {
    problems.push_back(fmt::format("Until: {} {}", shown(value), why));
    return std::nullopt;
  };
  if (!value.is_object() || value.get_object().size() != 1) {
    return wrong("must be {Service: <ECS service ARN>} or {Instance: i-...}");
  }
  const auto& [key, target] = *value.get_object().begin();
  if (!target.is_string()) return wrong("must name its target by a string");
  const std::string id(target.get_string());
  if (key == "Service") {
    if (!is_service_arn(id)) return wrong("is not the ARN of an ECS service (!Ref YourService)");
    return aws::ecs::ServiceArn{id};
  }
  if (key == "Instance") {
    if (!is_aws_id(id, "i-")) return wrong("is not an instance id, i-...");
    return aws::InstanceId{id};
  }
  return wrong("must be {Service: <ECS service ARN>} or {Instance: i-...}");
}

void parse_until(const json::value& value, Spec& spec, Problems& problems) {
  if (!value.is_array()) {
    problems.push_back(fmt::format("Until must be a list, not {}", shown(value)));
    return;
  }
  for (const auto& element : value.get_array()) {
    if (auto condition = parse_condition(element, problems)) {
      spec.until.push_back(std::move(*condition));
    }
  }
}

void parse_on_failure(const json::value& value, Spec& spec, Problems& problems) {
  const auto text = scalar(value);
  if (text == "FAIL") {
    spec.on_failure = OnFailure::fail;
  } else if (text == "WARN") {
    spec.on_failure = OnFailure::warn;
  } else {
    problems.push_back(fmt::format("OnFailure must be FAIL or WARN, not {}", shown(value)));
  }
}

}  // namespace

std::optional<base::Duration> service_timeout(const json::value& value) {
  const std::string text = scalar(value).value_or("");
  int seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const base::Duration timeout = std::chrono::seconds(seconds);
  const bool number = error == std::errc{} && end == text.data() + text.size();
  if (!number || seconds < 1 || timeout > longest_service_timeout) return std::nullopt;
  return timeout;
}

std::string id_of(const Condition& condition) {
  return std::visit([](const auto& target) { return target.value; }, condition);
}

std::expected<Spec, std::vector<std::string>> Spec::parse(const json::object& properties) {
  Spec spec;
  Problems problems;
  for (const auto& [key, value] : properties) {
    if (key == "Temporary") {
      spec.temporary = strings(value, "Temporary", problems);
    } else if (key == "Keep") {
      spec.keep = strings(value, "Keep", problems);
    } else if (key == "Until") {
      parse_until(value, spec, problems);
    } else if (key == "OnFailure") {
      parse_on_failure(value, spec, problems);
    } else if (key == "ServiceTimeout") {
      if (!service_timeout(value)) {
        problems.push_back(fmt::format("ServiceTimeout must be 1 to {:.0f} seconds, not {}",
                                       base::seconds(longest_service_timeout), shown(value)));
      }
    } else if (key == "Token") {
      // Whoever changes it makes CloudFormation send an Update; what it says is nobody's concern.
      if (!scalar(value)) {
        problems.push_back(fmt::format("Token must be a string, not {}", shown(value)));
      }
    } else if (key != "ServiceToken") {
      problems.push_back(fmt::format("{} is not a property of Custom::Falsework; known are {}",
                                     std::string_view(key), fmt::join(known_properties, ", ")));
    }
  }
  const auto* temporary = properties.if_contains("Temporary");
  if (temporary == nullptr) {
    problems.emplace_back("Temporary is missing: it lists the ids to strike");
  } else if (temporary->is_array() && temporary->get_array().empty()) {
    problems.emplace_back("Temporary is empty: it lists the ids to strike");
  }
  check_ids(spec, problems);
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return spec;
}

}  // namespace falsework

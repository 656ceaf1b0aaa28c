#include "sim/messaging/queue_attributes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>

#include "base/contains.hpp"
#include "sim/core/words.hpp"

namespace sim::messaging {

namespace {

struct Number {
  std::string_view name;
  std::int64_t low = 0, high = 0;
  std::string_view standard = {};  // empty: not shown until it is set
};

constexpr std::array numbers{Number{"DelaySeconds", 0, 900, "0"},
                             Number{"KmsDataKeyReusePeriodSeconds", 60, 86'400},
                             Number{"MaximumMessageSize", 1024, 1'048'576, "1048576"},
                             Number{"MessageRetentionPeriod", 60, 1'209'600, "345600"},
                             Number{"ReceiveMessageWaitTimeSeconds", 0, 20, "0"},
                             Number{"VisibilityTimeout", 0, 43'200, "30"}};
constexpr std::array flags{std::string_view("ContentBasedDeduplication"),
                           std::string_view("FifoQueue"), std::string_view("SqsManagedSseEnabled")};
constexpr std::string_view others =
    "DeduplicationScope FifoThroughputLimit KmsMasterKeyId Policy RedriveAllowPolicy RedrivePolicy";
// Documents and keys that an empty text takes away.
constexpr std::string_view removable = "KmsMasterKeyId Policy RedriveAllowPolicy RedrivePolicy";

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Error invalid(std::string_view name) {
  return {"InvalidAttributeValue", fmt::format("Invalid value for the parameter {}.", name)};
}

std::string text_of(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  return json::serialize(value);
}

void check(std::string_view name, std::string_view value) {
  const auto* number = std::ranges::find(numbers, name, &Number::name);
  if (number != numbers.end()) {
    const auto given = number_of(value);
    if (!given || *given < number->low || *given > number->high) throw invalid(name);
  }
  if (base::contains(flags, name) && value != "true" && value != "false") throw invalid(name);
  if (name == "DeduplicationScope" && value != "queue" && value != "messageGroup") {
    throw invalid(name);
  }
  if (name == "FifoThroughputLimit" && value != "perQueue" && value != "perMessageGroupId") {
    throw invalid(name);
  }
}

// Nothing when it is no JSON object.
std::optional<json::object> document_in(const json::object& members, std::string_view name) {
  json::error_code bad;
  auto parsed = json::parse(records::text_of(members, name), bad);
  if (bad || !parsed.is_object()) return std::nullopt;
  return std::move(parsed.get_object());
}

}  // namespace

bool is_queue_attribute(std::string_view name) {
  return std::ranges::find(numbers, name, &Number::name) != numbers.end() ||
         base::contains(flags, name) || base::contains(words_of(others), name);
}

void take_queue_attributes(const json::object& given, json::object& members) {
  for (const auto& one : given) {
    const std::string name = one.key(), value = text_of(one.value());
    if (!is_queue_attribute(name)) {
      throw Error("InvalidAttributeName", fmt::format("Unknown Attribute {}.", name));
    }
    if (value.empty() && base::contains(words_of(removable), name)) {
      members.erase(name);
      continue;
    }
    check(name, value);
    members[name] = value;
  }
  if (members.contains("KmsMasterKeyId")) members["SqsManagedSseEnabled"] = "false";
}

json::object with_defaults(json::object members) {
  const auto set = [&](std::string_view name, std::string_view value) {
    if (!value.empty() && !members.contains(name)) members[name] = value;
  };
  for (const auto& number : numbers) set(number.name, number.standard);
  set("SqsManagedSseEnabled", "true");
  if (is_set(members, "FifoQueue")) {
    set("ContentBasedDeduplication", "false");
    set("DeduplicationScope", "queue");
    set("FifoThroughputLimit", "perQueue");
  }
  return members;
}

Error invalid_value(std::string_view parameter, std::string_view value, std::string_view reason) {
  return {"InvalidParameterValue", fmt::format("Value {} for parameter {} is invalid. Reason: {}",
                                               value, parameter, reason)};
}

std::int64_t number_in(const json::object& members, std::string_view name) {
  return number_of(records::text_of(members, name)).value_or(0);
}

base::Duration seconds_in(const json::object& members, std::string_view name) {
  return std::chrono::seconds(number_in(members, name));
}

bool is_set(const json::object& members, std::string_view name) {
  return records::text_of(members, name) == "true";
}

std::optional<Redrive> redrive_of(const json::object& members) {
  const auto text = records::text_of(members, "RedrivePolicy");
  if (text.empty()) return std::nullopt;
  const auto refuse = [&](const std::string& reason) {
    return invalid_value("RedrivePolicy", text, reason);
  };
  const auto policy = document_in(members, "RedrivePolicy");
  if (!policy) throw refuse("Redrive policy is not a valid JSON map.");
  for (const auto* name : {"deadLetterTargetArn", "maxReceiveCount"}) {
    if (policy->contains(name)) continue;
    throw refuse(fmt::format("Redrive policy does not contain mandatory attribute: {}.", name));
  }
  const auto count = number_of(records::text_of(*policy, "maxReceiveCount"));
  if (!count || *count < 1 || *count > 1000) {
    throw refuse(
        fmt::format("Invalid value for maxReceiveCount: {}, valid values are from 1 to 1000 both "
                    "inclusive.",
                    text_of(policy->at("maxReceiveCount"))));
  }
  return Redrive{records::text_of(*policy, "deadLetterTargetArn"), static_cast<int>(*count)};
}

bool accepts_redrive(const json::object& members, const std::string& source_arn) {
  const auto policy = document_in(members, "RedriveAllowPolicy");
  if (!policy) return true;
  const auto permission = records::text_of(*policy, "redrivePermission");
  if (permission != "byQueue") return permission != "denyAll";
  const auto* sources = policy->if_contains("sourceQueueArns");
  return sources != nullptr && sources->is_array() &&
         base::contains(sources->get_array(), json::value(source_arn));
}

Queue::Rules rules_of(const json::object& members) {
  Queue::Rules rules;
  rules.fifo = is_set(members, "FifoQueue");
  rules.deduplicates_groups = records::text_of(members, "DeduplicationScope") == "messageGroup";
  rules.retention = seconds_in(members, "MessageRetentionPeriod");
  if (const auto redrive = redrive_of(members)) rules.max_receives = redrive->max_receives;
  return rules;
}

}  // namespace sim::messaging

#include "sim/wire/query_shapes.hpp"

#include <algorithm>
#include <array>

namespace sim::wire {

namespace {

// A member of SQS's requests: its element's name, and for maps what key and value are called.
struct Shape {
  std::string_view element, member;
  std::string_view key = {}, value = {};
};

constexpr std::array shapes{
    Shape{"Attribute", "Attributes", "Name", "Value"},
    Shape{"MessageAttribute", "MessageAttributes", "Name", "Value"},
    Shape{"MessageSystemAttribute", "MessageSystemAttributes", "Name", "Value"},
    Shape{"Tag", "Tags", "Key", "Value"},
    Shape{"AttributeName", "AttributeNames"},
    Shape{"MessageAttributeName", "MessageAttributeNames"},
    Shape{"MessageSystemAttributeName", "MessageSystemAttributeNames"},
    Shape{"TagKey", "TagKeys"},
    Shape{"SendMessageBatchRequestEntry", "Entries"},
    Shape{"DeleteMessageBatchRequestEntry", "Entries"},
    Shape{"ChangeMessageVisibilityBatchRequestEntry", "Entries"}};

// [{"Name": "a", "Value": ...}] as {"a": ...}.
json::object map_of(const json::value& list, std::string_view key, std::string_view value) {
  json::object map;
  const auto add = [&](const json::value& entry) {
    const auto* pair = entry.if_object();
    const auto* name = pair == nullptr ? nullptr : pair->if_contains(key);
    const auto* content = pair == nullptr ? nullptr : pair->if_contains(value);
    if (name == nullptr || !name->is_string()) return;
    map[name->get_string()] = content == nullptr ? json::value("") : *content;
  };
  if (const auto* entries = list.if_array()) {
    std::ranges::for_each(*entries, add);
  } else {
    add(list);
  }
  return map;
}

json::object of_sqs(const json::object& form, bool creates) {
  json::object input;
  for (const auto& [name, value] : form) {
    const auto* shape = std::ranges::find(shapes, std::string_view(name), &Shape::element);
    if (shape == shapes.end()) {
      input[name] = value;
      continue;
    }
    // CreateQueue alone has its tags in lower case.
    const auto member = creates && shape->member == "Tags" ? "tags" : shape->member;
    if (!shape->key.empty()) {
      input[member] = map_of(value, shape->key, shape->value);
    } else if (!value.is_array()) {
      input[member] = json::array{value};
    } else if (shape->member == "Entries") {
      json::array entries;
      for (const auto& entry : value.get_array()) {
        entries.push_back(entry.is_object() ? json::value(of_sqs(entry.get_object(), false))
                                            : entry);
      }
      input[member] = std::move(entries);
    } else {
      input[member] = value;
    }
  }
  return input;
}

// {"entry": [{"key": "a", "value": ...}]} as {"a": ...}, wherever it stands.
json::value of_sns(const json::value& value) {
  if (const auto* list = value.if_array()) {
    json::array all;
    for (const auto& one : *list) all.push_back(of_sns(one));
    return all;
  }
  const auto* object = value.if_object();
  if (object == nullptr) return value;
  if (object->size() == 1 && object->contains("entry")) {
    const auto& entries = object->at("entry");
    auto map = map_of(entries, "key", "value");
    return map.empty() ? map_of(entries, "Name", "Value") : map;
  }
  json::object all;
  for (const auto& [name, member] : *object) all[name] = of_sns(member);
  return all;
}

json::array pairs_of(const json::object& map) {
  json::array pairs;
  for (const auto& one : map) {
    json::object pair{{"Name", one.key()}};
    pair["Value"] = one.value();
    pairs.emplace_back(std::move(pair));
  }
  return pairs;
}

}  // namespace

json::object modelled(const Call& call) {
  if (call.service == "sqs") return of_sqs(call.input, call.action == "CreateQueue");
  if (call.service == "sns") return of_sns(json::value(call.input)).as_object();
  return call.input;
}

std::optional<Repeated> repeated(const Call& call, std::string_view member,
                                 const json::value& value) {
  if (call.service != "sqs") return std::nullopt;
  static constexpr std::array names{
      std::pair<std::string_view, std::string_view>{"Messages", "Message"},
      std::pair<std::string_view, std::string_view>{"QueueUrls", "QueueUrl"},
      std::pair<std::string_view, std::string_view>{"queueUrls", "QueueUrl"},
      std::pair<std::string_view, std::string_view>{"Failed", "BatchResultErrorEntry"}};
  const auto* list = value.if_array();
  if (list != nullptr) {
    for (const auto& [name, element] : names) {
      if (name == member) return Repeated{element, *list};
    }
    if (member != "Successful") return std::nullopt;
    return Repeated{call.action == "SendMessageBatch" ? "SendMessageBatchResultEntry"
                    : call.action == "DeleteMessageBatch"
                        ? "DeleteMessageBatchResultEntry"
                        : "ChangeMessageVisibilityBatchResultEntry",
                    *list};
  }
  const auto* map = value.if_object();
  if (map == nullptr) return std::nullopt;
  if (member == "Attributes") return Repeated{"Attribute", pairs_of(*map)};
  if (member == "MessageAttributes") return Repeated{"MessageAttribute", pairs_of(*map)};
  return std::nullopt;
}

}  // namespace sim::wire

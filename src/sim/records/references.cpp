// What a member may refer to, and how one asks whether it exists. And tags, which are the same for
// every type of a service.
#include <fmt/format.h>

#include <algorithm>

#include "sim/core/words.hpp"
#include "sim/records/records.hpp"

namespace sim::records {

namespace {

struct Reference {
  std::string_view kind, service, action, member;
  bool in_list = false;
};

constexpr Reference references[] = {
    {"vpc", "ec2", "DescribeVpcs", "VpcId", true},
    {"subnet", "ec2", "DescribeSubnets", "SubnetId", true},
    {"group", "ec2", "DescribeSecurityGroups", "GroupId", true},
    {"role", "iam", "GetRole", "RoleName"},
    {"certificate", "acm", "DescribeCertificate", "CertificateArn"},
    {"key", "kms", "DescribeKey", "KeyId"},
    {"function", "lambda", "GetFunction", "FunctionName"},
    {"topic", "sns", "GetTopicAttributes", "TopicArn"},
};

// The name in an ARN where the API wants a name.
std::string named_by(const Reference& reference, std::string_view given) {
  if (reference.kind != "role") return std::string(given);
  return std::string(given.substr(given.rfind('/') + 1));
}

std::vector<std::string> targets_of(const json::value& value) {
  std::vector<std::string> found;
  if (const auto* text = value.if_string()) found.emplace_back(*text);
  if (const auto* list = value.if_array()) {
    for (const auto& one : *list) {
      if (one.is_string()) found.emplace_back(one.get_string());
    }
  }
  return found;
}

std::string code_for(std::string_view absent, std::string_view kind, std::string_view otherwise) {
  for (const auto& pair : words_of(absent)) {
    const auto equals = pair.find('=');
    if (std::string_view(pair).substr(0, equals) == kind) return pair.substr(equals + 1);
  }
  return std::string(otherwise);
}

}  // namespace

Task<void> Book::check_references(Entry& entry, const json::object& members) {
  std::vector<std::pair<const Member*, std::string>> wanted;
  for (const auto& member : entry.members) {
    const auto* value = members.if_contains(member.name);
    if (member.kind != Member::Kind::reference || value == nullptr) continue;
    for (auto& target : targets_of(*value)) wanted.emplace_back(&member, std::move(target));
  }
  for (const auto& [member, target] : wanted) {
    const bool own = std::ranges::any_of(
        entries_, [&](const Entry& one) { return one.type.name == member->refers; });
    if (own) {
      get(member->refers, target);
      continue;
    }
    const auto* reference = std::ranges::find(references, member->refers, &Reference::kind);
    const auto id = named_by(*reference, target);
    json::object input;
    if (reference->in_list) {
      input[reference->member] = json::array{json::value(id)};
    } else {
      input[reference->member] = id;
    }
    std::string problem;
    try {
      co_await ask(std::string(reference->service), std::string(reference->action),
                   std::move(input));
    } catch (const Error& error) {
      problem = error.what();
    }
    if (!problem.empty()) {
      throw Error(code_for(entry.type.absent, member->refers, words_.invalid), problem);
    }
  }
}

void Book::add_tagging(const TagWords& words) {
  const auto record_of = [this, words](const Call& call) -> Record& {
    // One at a time, as CloudFormation and most people do; a list of one counts as one.
    const auto* given = call.input.if_contains(words.arn);
    const auto ids = given == nullptr ? std::vector<std::string>() : targets_of(*given);
    if (ids.empty()) throw invalid(fmt::format("{} is required.", words.arn));
    for (auto& entry : entries_) {
      if (auto* found = find(entry.type.name, ids.front())) return *found;
    }
    throw refusal(entries_.front().type.missing, ids.front());
  };
  const auto add_one = [&](std::string_view action, auto run) {
    if (action.empty()) return;
    operations_[std::string(action)] = {
        .run = at_once(run),
        .access = [this, action, words](const Call& call) -> std::vector<Access> {
          const auto* given = call.input.if_contains(words.arn);
          const auto ids = given == nullptr ? std::vector<std::string>() : targets_of(*given);
          std::string resource = ids.empty() ? "*" : ids.front();
          for (auto& entry : entries_) {
            if (auto* found = find(entry.type.name, resource)) resource = found->arn;
          }
          return {{fmt::format("{}:{}", words_.prefix, action), resource, {}}};
        }};
  };
  add_one(words.add, [words, record_of](const Call& call) -> json::object {
    auto& record = record_of(call);
    const auto* given = call.input.if_contains(words.tags);
    if (given == nullptr) return {};
    for (const auto& [key, value] : read_tags(*given)) record.tags[key] = value;
    return {};
  });
  add_one(words.remove, [words, record_of](const Call& call) -> json::object {
    auto& record = record_of(call);
    const auto* given = call.input.if_contains(words.keys);
    if (given == nullptr) return {};
    // A list of keys, or of tags whose values do not matter.
    for (const auto& key : targets_of(*given)) record.tags.erase(key);
    for (const auto& [key, value] : read_tags(*given)) record.tags.erase(key);
    return {};
  });
  add_one(words.list, [words, record_of](const Call& call) -> json::object {
    json::object output;
    json::array list;
    json::object map;
    for (const auto& [key, value] : record_of(call).tags) {
      json::object tag;
      tag[words.key] = key;
      tag[words.value] = value;
      list.emplace_back(std::move(tag));
      map[key] = value;
    }
    if (words.as_map) {
      output[words.tags] = std::move(map);
    } else {
      output[words.tags] = std::move(list);
    }
    return output;
  });
}

}  // namespace sim::records

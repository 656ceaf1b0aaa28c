#include "cli/record.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cli {

namespace {

using aws::cloudformation::StackEvent;

constexpr std::string_view stack_type = "AWS::CloudFormation::Stack";

// What a resource type is called, and what it has become when its creation is complete. Those
// listed are the ones a reader waits for; all others are told in one sentence with their stack.
struct Wording {
  std::string_view name;
  std::string_view state;
};

const Wording* wording(std::string_view type) {
  static const std::map<std::string_view, Wording> known{
      {"AWS::EC2::NatGateway", {"NAT gateway", "is available"}},
      {"AWS::EC2::EIP", {"Elastic IP", "is allocated"}},
      {"AWS::EC2::InternetGateway", {"internet gateway", "stands"}},
      {"AWS::EC2::Instance", {"instance", "runs"}},
      {"AWS::ECS::Service", {"service", "is steady"}}};
  const auto found = known.find(type);
  return found == known.end() ? nullptr : &found->second;
}

// The last part of an ARN; ids stay as they are.
std::string short_id(const std::string& id) {
  if (!id.starts_with("arn:")) return id;
  const auto mark = id.find_last_of("/:");
  return id.substr(mark + 1);
}

bool is_cancelled(const StackEvent& event) {
  return event.reason.find("cancelled") != std::string::npos;
}

}  // namespace

Record::Record(std::string root_id, base::Instant start)
    : root_(std::move(root_id)), start_(start), stacks_{root_} {}

void Record::add(const std::vector<StackEvent>& events) {
  for (const auto& event : events) {
    last_[event.stack_id] = event.id;
    if (seen_.insert(event.id).second) note(event);
  }
}

std::vector<std::string> Record::stacks() const {
  return stacks_;
}

bool Record::may_have_news(const std::string& stack) const {
  const auto own = statuses_.find(stack);
  if (stack == root_ || own == statuses_.end() || own->second.ends_with("IN_PROGRESS")) return true;
  const auto in_parent = std::ranges::find(resources_, stack, &Built::id);
  return in_parent == resources_.end() || in_parent->status.ends_with("IN_PROGRESS");
}

std::string Record::last_event(const std::string& stack) const {
  const auto found = last_.find(stack);
  return found == last_.end() ? std::string() : found->second;
}

std::vector<Record::Built> Record::of_type(std::string_view type) const {
  std::vector<Built> result;
  std::copy_if(resources_.begin(), resources_.end(), std::back_inserter(result),
               [type](const Built& built) { return built.type == type && !built.id.empty(); });
  return result;
}

std::optional<Record::Built> Record::first(std::string_view type) const {
  const auto all = of_type(type);
  return all.empty() ? std::nullopt : std::optional(all.front());
}

bool Record::complete(std::string_view type) const {
  const auto all = of_type(type);
  return !all.empty() && std::all_of(all.begin(), all.end(), [](const Built& built) {
    return built.status == "CREATE_COMPLETE";
  });
}

std::string Record::first_failure() const {
  return first_failure_;
}

std::string Record::name_of_stack(const std::string& id, const std::string& otherwise) const {
  const auto found = stack_names_.find(id);
  return found == stack_names_.end() ? otherwise : found->second;
}

Moment Record::moment(const StackEvent& event) const {
  Moment result;
  result.at = base::seconds(event.time - start_);
  result.phase = event.status.starts_with("DELETE") || event.status.starts_with("ROLLBACK")
                     ? "delete"
                     : "build";
  result.source = event.type == stack_type ? "stack" : "resource";
  result.subject = event.physical_id.empty() ? event.logical_id : short_id(event.physical_id);
  result.detail = {{"stack", name_of_stack(event.stack_id, event.stack_name)},
                   {"logical_id", event.logical_id},
                   {"type", event.type},
                   {"status", event.status}};
  if (!event.reason.empty()) result.detail["reason"] = event.reason;
  return result;
}

void Record::note(const StackEvent& event) {
  const bool failed = event.status.ends_with("FAILED");
  if (failed && first_failure_.empty() && !is_cancelled(event) && event.type != stack_type) {
    first_failure_ = fmt::format("{} ({}): {}", event.logical_id, event.type, event.reason);
  }
  const bool of_itself = event.type == stack_type && event.physical_id == event.stack_id;
  if (of_itself) {
    statuses_[event.stack_id] = event.status;
    note_stack(event);
  } else {
    note_resource(event);
  }
}

// The stack's events about itself.
void Record::note_stack(const StackEvent& event) {
  Moment result = moment(event);
  const std::string name = name_of_stack(event.stack_id, event.stack_name);
  const bool root = event.stack_id == root_;
  const bool ends = !event.status.ends_with("IN_PROGRESS");
  const std::string verb = event.status.substr(0, event.status.find('_'));
  const std::string key = event.stack_id + verb;
  result.subject = name;
  if (!ends) {
    began_.emplace(key, event.time);
    counts_[event.stack_id] = 0;
    result.text = fmt::format("{} {}", name,
                              verb == "CREATE"   ? "is being created"
                              : verb == "DELETE" ? "is being deleted"
                                                 : "is being rolled back");
    result.headline = root;
    if (verb == "ROLLBACK") {
      result.detail["tone"] = "bad";
      if (!event.reason.empty()) result.text += ": " + event.reason;
    }
  } else {
    const auto began = began_.contains(key) ? began_[key] : event.time;
    const std::string what = verb == "CREATE"   ? "stands"
                             : verb == "DELETE" ? "is gone"
                                                : "is rolled back";
    result.text = fmt::format("{} {}: {} resources in {}", name, what, counts_[event.stack_id],
                              base::human(event.time - began));
    if (event.status.ends_with("FAILED")) {
      result.text = fmt::format("{} {}: {}", name, event.status, event.reason);
      result.detail["tone"] = "bad";
    } else if (root && verb != "ROLLBACK") {
      result.detail["tone"] = "good";
    }
    result.headline = true;
  }
  moments_.push_back(std::move(result));
}

void Record::note_resource(const StackEvent& event) {
  const std::string stack = name_of_stack(event.stack_id, event.stack_name);
  const auto same = [&](const Built& built) {
    return built.logical_name == event.logical_id && built.stack == stack;
  };
  auto built = std::find_if(resources_.begin(), resources_.end(), same);
  if (built == resources_.end()) {
    resources_.push_back({event.logical_id, "", event.type, stack, "", ""});
    built = std::prev(resources_.end());
  }
  if (!event.physical_id.empty()) built->id = event.physical_id;
  built->status = event.status;
  built->reason = event.reason;
  if (event.type == stack_type && !event.physical_id.empty() &&
      stack_names_.emplace(event.physical_id, event.logical_id).second) {
    stacks_.push_back(event.physical_id);
  }

  Moment result = moment(event);
  const std::string verb = event.status.substr(0, event.status.find('_'));
  const std::string key = event.stack_id + event.logical_id + verb;
  if (event.status.ends_with("IN_PROGRESS")) began_.emplace(key, event.time);
  if (event.status.ends_with("COMPLETE")) ++counts_[event.stack_id];
  result.text = fmt::format("{} {} {}", stack, event.logical_id, event.status);
  if (event.status == "CREATE_COMPLETE") {
    const auto took = event.time - (began_.contains(key) ? began_[key] : event.time);
    if (const auto* words = wording(event.type); words != nullptr) {
      result.text = fmt::format("{} {} {}, {} after its creation began", words->name,
                                short_id(event.physical_id), words->state, base::human(took));
      result.headline = true;
    }
  }
  if (event.status.ends_with("FAILED")) {
    result.text = fmt::format("{} {} failed: {}", stack, event.logical_id, event.reason);
    result.headline = !is_cancelled(event);
    result.detail["tone"] = "bad";
  }
  moments_.push_back(std::move(result));
}

}  // namespace cli

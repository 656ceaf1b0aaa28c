#include "sim/ssm/association.hpp"

#include <algorithm>
#include <charconv>

#include "base/contains.hpp"

namespace sim::ssm {

namespace {

[[noreturn]] void refuse(std::string_view member, const std::string& value,
                         std::string_view constraint) {
  throw Error("ValidationException",
              fmt::format("1 validation error detected: Value '{}' at '{}' failed to satisfy "
                          "constraint: Member must satisfy {}",
                          value, member, constraint));
}

std::string one_of(const Fields& in, std::string_view member,
                   std::initializer_list<std::string_view> words) {
  auto value = in.text(member);
  if (!value.empty() && !base::contains(words, std::string_view(value))) {
    refuse(member, value, fmt::format("enum value set: [{}]", fmt::join(words, ", ")));
  }
  return value;
}

// "10" or "10%", up to "100%".
std::string amount(const Fields& in, std::string_view member, int least) {
  auto value = in.text(member);
  if (value.empty()) return value;
  const bool percent = value.ends_with('%');
  const auto* end = value.data() + value.size() - (percent ? 1 : 0);
  int number = -1;
  const auto [rest, failure] = std::from_chars(value.data(), end, number);
  if (failure != std::errc() || rest != end || number < least || (percent && number > 100) ||
      value.size() > 7) {
    refuse(member, value, "regular expression pattern: a number or a percentage");
  }
  return value;
}

std::string name_in(const Fields& in) {
  auto name = in.text("AssociationName");
  if (name.empty()) return name;
  const bool valid = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-.").contains(c);
  });
  if (!valid || name.size() < 3 || name.size() > 128) {
    refuse("AssociationName", name, "regular expression pattern: ^[a-zA-Z0-9_\\-.]{3,128}$");
  }
  return name;
}

void read_schedule(const Fields& in, AssociationVersion& version) {
  version.expression = in.text("ScheduleExpression");
  version.only_on_schedule = in.flag("ApplyOnlyAtCronInterval");
  version.offset = static_cast<int>(in.integer("ScheduleOffset", 0));
  if (version.expression.empty()) {
    if (in.has("ScheduleOffset")) {
      throw Error("InvalidSchedule", "A schedule offset needs a cron expression.");
    }
    return;
  }
  version.schedule = parse_schedule(version.expression);
  if (!version.schedule) {
    throw Error("InvalidSchedule",
                fmt::format("The schedule expression {} is not supported for associations.",
                            version.expression));
  }
  // "This parameter isn't supported for rate expressions."
  if (version.only_on_schedule && version.schedule->kind == Schedule::Kind::rate) {
    throw Error("InvalidSchedule",
                "ApplyOnlyAtCronInterval is not supported for rate expressions.");
  }
  if (!in.has("ScheduleOffset")) return;
  if (version.offset < 1 || version.offset > 6) {
    refuse("ScheduleOffset", std::to_string(version.offset), "a value from 1 to 6");
  }
  // "To use offsets, you must specify the ApplyOnlyAtCronInterval parameter."
  if (version.schedule->kind != Schedule::Kind::cron || !version.only_on_schedule) {
    throw Error("InvalidSchedule",
                "A schedule offset needs a cron expression and ApplyOnlyAtCronInterval.");
  }
}

}  // namespace

std::optional<base::Instant> AssociationVersion::first(base::Instant start) const {
  if (!schedule) return std::nullopt;
  return schedule->first(start) + std::chrono::days(offset);
}

std::optional<base::Instant> AssociationVersion::after(base::Instant previous) const {
  auto next = schedule->after(previous - std::chrono::days(offset));
  if (next) *next += std::chrono::days(offset);
  return next;
}

AssociationVersion read_association(const std::string& operation, const Fields& in) {
  in.unsupported(operation, {"OutputLocation", "AutomationTargetParameterName", "CalendarNames",
                             "TargetLocations", "TargetMaps", "AlarmConfiguration", "Duration",
                             "AssociationDispatchAssumeRole"});
  AssociationVersion version{
      .document = in.text("Name"),
      .document_version = in.text("DocumentVersion"),
      .parameters = in.object("Parameters"),
      .targets = read_targets(in),
      .name = name_in(in),
      .most_errors = amount(in, "MaxErrors", 0),
      .concurrency = amount(in, "MaxConcurrency", 1),
      .severity =
          one_of(in, "ComplianceSeverity", {"CRITICAL", "HIGH", "MEDIUM", "LOW", "UNSPECIFIED"}),
      .compliance = one_of(in, "SyncCompliance", {"AUTO", "MANUAL"})};
  read_schedule(in, version);
  return version;
}

void show(const AssociationVersion& version, json::object& out) {
  const auto add = [&](std::string_view member, const std::string& value) {
    if (!value.empty()) out[member] = value;
  };
  out["Name"] = version.document;
  out["AssociationVersion"] = std::to_string(version.number);
  out["DocumentVersion"] = version.document_version.empty() ? "$DEFAULT" : version.document_version;
  if (!version.parameters.empty()) out["Parameters"] = version.parameters;
  out["Targets"] = shown(version.targets);
  add("ScheduleExpression", version.expression);
  add("AssociationName", version.name);
  add("MaxErrors", version.most_errors);
  add("MaxConcurrency", version.concurrency);
  add("ComplianceSeverity", version.severity);
  add("SyncCompliance", version.compliance);
  if (version.offset > 0) out["ScheduleOffset"] = version.offset;
  out["ApplyOnlyAtCronInterval"] = version.only_on_schedule;
}

std::size_t share(const std::string& text, std::size_t targets, std::size_t otherwise) {
  if (text.empty()) return otherwise;
  std::size_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return text.ends_with('%') ? targets * number / 100 : number;
}

}  // namespace sim::ssm

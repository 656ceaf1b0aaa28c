#include "sim/messaging/batch.hpp"

#include <fmt/format.h>

#include <set>

#include "sim/core/fields.hpp"

namespace sim::messaging {

namespace {

constexpr std::size_t most_entries = 10;

bool is_entry_id(std::string_view id) {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  return !id.empty() && id.size() <= 80 && id.find_first_not_of(allowed) == std::string_view::npos;
}

}  // namespace

json::object for_each_entry(const json::object& input, const BatchWords& words,
                            const std::function<json::object(const json::object& entry)>& run) {
  const auto refuse = [&](const char* code, const std::string& text) -> Error {
    return {std::string(words.code_prefix) + code, text};
  };
  const auto& entries = Fields(input).list(words.member);
  if (entries.empty()) {
    throw refuse("EmptyBatchRequest",
                 fmt::format("There should be at least one {} in the request.", words.entry_name));
  }
  if (entries.size() > most_entries) {
    throw refuse("TooManyEntriesInBatchRequest",
                 fmt::format("Maximum number of entries per request are {}. You have sent {}.",
                             most_entries, entries.size()));
  }
  std::set<std::string> ids;
  for (const auto& entry : entries) {
    const auto id = Fields(entry.as_object()).text("Id");
    if (!is_entry_id(id)) {
      throw refuse("InvalidBatchEntryId",
                   "A batch entry id can only contain alphanumeric characters, hyphens and "
                   "underscores. It can be at most 80 letters long.");
    }
    if (!ids.insert(id).second) {
      throw refuse("BatchEntryIdsNotDistinct", fmt::format("Id {} repeated.", id));
    }
  }
  json::array successful, failed;
  for (const auto& entry : entries) {
    const auto& id = entry.at("Id");
    try {
      auto done = run(entry.get_object());
      done["Id"] = id;
      successful.emplace_back(std::move(done));
    } catch (const Error& error) {
      // What cannot be honoured here is no answer of AWS's: the whole request says so.
      if (error.code == "NotImplemented") throw;
      failed.emplace_back(json::object{{"Id", id},
                                       {"SenderFault", error.status < 500},
                                       {"Code", error.code},
                                       {"Message", error.what()}});
    }
  }
  json::object output{{"Successful", std::move(successful)}};
  if (!failed.empty()) output["Failed"] = std::move(failed);
  return output;
}

}  // namespace sim::messaging

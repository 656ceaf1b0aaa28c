// Prefix lists: AWS's own of the gateway services, and the account's in versions.
// https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html
#include "sim/ec2/prefix_list.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/ec2/endpoint_services.hpp"
#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"
#include "sim/ec2/tokens.hpp"

namespace sim::ec2 {
namespace {

// Blocks from the ranges reserved for documentation: AWS's change every few weeks.
std::vector<PrefixEntry> blocks_of_service(std::string_view service) {
  return {{service == "s3" ? "198.51.100.0/25" : "198.51.100.128/25", ""}};
}

// AWS's own lists, as if they were lists of ours.
std::map<std::string, PrefixList> lists_of_aws(const Estate& estate) {
  std::map<std::string, PrefixList> all;
  for (const auto& service : endpoint_services(estate.context.region)) {
    if (!service.gateway) continue;
    PrefixList list;
    list.id = prefix_list_of(service);
    list.name = service.name;
    list.family = "IPv4";
    list.versions[1] = blocks_of_service(service.service);
    all[list.id] = std::move(list);
  }
  return all;
}

bool is_aws(const PrefixList& list) {
  return list.name.starts_with("com.amazonaws.");
}

std::string owner_of(const Estate& estate, const PrefixList& list) {
  return is_aws(list) ? "AWS" : estate.context.account;
}

json::object view(const Estate& estate, const PrefixList& list) {
  const auto owner = owner_of(estate, list);
  json::object result{
      {"prefixListId", list.id},
      {"prefixListName", list.name},
      {"addressFamily", list.family},
      {"state", list.version == 1 ? "create-complete" : "modify-complete"},
      {"prefixListArn", fmt::format("arn:{}:ec2:{}:{}:prefix-list/{}", estate.context.partition,
                                    estate.context.region, is_aws(list) ? "aws" : owner, list.id)},
      {"ownerId", owner}};
  if (!is_aws(list)) {
    result["maxEntries"] = list.most;
    result["version"] = list.version;
  }
  result["tagSet"] = tag_set(list.tags);
  return result;
}

constexpr Field<PrefixList> fields[] = {
    {"prefix-list-id", [](const Estate&, const PrefixList& l) -> Texts { return {l.id}; }},
    {"prefix-list-name", [](const Estate&, const PrefixList& l) -> Texts { return {l.name}; }},
    {"owner-id", [](const Estate& e, const PrefixList& l) -> Texts { return {owner_of(e, l)}; }},
};

std::map<std::string, PrefixList> all_lists(const Estate& estate) {
  auto all = lists_of_aws(estate);
  for (const auto& [id, list] : estate.model.prefix_lists) all[id] = list;
  return all;
}

json::object describe_managed(Estate& estate, const Call& call) {
  static const Description<PrefixList> description{
      "prefixListSet", "PrefixListId", kind::prefix_list, 100, fields, view};
  auto all = all_lists(estate);
  return describe(estate, call, all, description);
}

// The older call knows AWS's lists only, with their blocks.
json::object old_view(const Estate&, const PrefixList& list) {
  json::array blocks;
  for (const auto& entry : list.versions.at(list.version)) blocks.emplace_back(entry.cidr);
  json::object result{{"prefixListId", list.id}, {"prefixListName", list.name}};
  result["cidrSet"] = std::move(blocks);
  return result;
}

json::object describe_old(Estate& estate, const Call& call) {
  static const Description<PrefixList> description{
      "prefixListSet", "PrefixListId", kind::prefix_list, 1000, fields, old_view};
  auto all = lists_of_aws(estate);
  return describe(estate, call, all, description);
}

std::vector<PrefixEntry> read_entries(const Call& call, std::string_view name,
                                      const std::string& family) {
  std::vector<PrefixEntry> entries;
  for (const auto& one : objects(call.input, name)) {
    const auto cidr = required(one, "Cidr");
    const auto block = parse_cidr(cidr);
    if (family == "IPv4" ? !block : !valid_cidr6(cidr)) {
      throw invalid_value(fmt::format("The CIDR '{}' is not a valid {} block.", cidr, family));
    }
    entries.push_back({block ? cidr_text(*block) : cidr, text(one, "Description")});
  }
  return entries;
}

void check_size(std::size_t entries, int most) {
  if (entries <= static_cast<std::size_t>(most)) return;
  throw Error(
      "PrefixListMaxEntriesExceeded",
      fmt::format("You've reached the maximum number of entries for the prefix list ({}).", most));
}

json::object create(Estate& estate, const Call& call) {
  auto id = made_before(estate, call);
  if (id.empty()) {
    PrefixList list;
    list.name = required(call.input, "PrefixListName");
    if (is_aws(list))
      throw invalid_value(
          "The name of a prefix list cannot start with "
          "com.amazonaws.");
    list.family = required(call.input, "AddressFamily");
    if (list.family != "IPv4" && list.family != "IPv6") {
      throw invalid_value(
          fmt::format("Value ({}) for parameter AddressFamily is invalid.", list.family));
    }
    required(call.input, "MaxEntries");
    list.most = *number(call.input, "MaxEntries");
    if (list.most < 1) throw invalid_value("MaxEntries must be at least 1.");
    list.versions[1] = read_entries(call, "Entry", list.family);
    check_size(list.versions[1].size(), list.most);
    estate.stamp(list, kind::prefix_list, tags_for(call, kind::prefix_list.type));
    id = list.id;
    estate.model.prefix_lists[id] = std::move(list);
    remember(estate, call, id);
  }
  json::object output;
  output["prefixList"] = view(estate, estate.model.prefix_lists.at(id));
  return output;
}

PrefixList& own_list(Estate& estate, const Call& call) {
  const auto id = required(call.input, "PrefixListId");
  if (lists_of_aws(estate).contains(id)) {
    throw Error("OperationNotPermitted", "AWS's own prefix lists cannot be changed.");
  }
  return estate.get(estate.model.prefix_lists, kind::prefix_list, id);
}

json::object modify(Estate& estate, const Call& call) {
  auto& list = own_list(estate, call);
  const auto current = number(call.input, "CurrentVersion");
  const auto removed = objects(call.input, "RemoveEntry");
  const auto added = read_entries(call, "AddEntry", list.family);
  if (current.value_or(list.version) != list.version) {
    throw Error("PrefixListVersionMismatch",
                fmt::format("The prefix list has the incorrect version number. The current "
                            "version is {}.",
                            list.version));
  }
  auto entries = list.versions.at(list.version);
  for (const auto& one : removed) {
    const auto cidr = required(one, "Cidr");
    if (std::erase_if(entries, [&](const PrefixEntry& e) { return e.cidr == cidr; }) == 0) {
      throw invalid_value(fmt::format("The entry {} does not exist.", cidr));
    }
  }
  for (const auto& entry : added) {
    std::erase_if(entries, [&](const PrefixEntry& e) { return e.cidr == entry.cidr; });
    entries.push_back(entry);
  }
  const auto most = number(call.input, "MaxEntries").value_or(list.most);
  check_size(entries.size(), most);
  list.most = most;
  if (has(call.input, "PrefixListName")) list.name = text(call.input, "PrefixListName");
  if (!added.empty() || !removed.empty()) list.versions[++list.version] = std::move(entries);
  json::object output;
  output["prefixList"] = view(estate, list);
  return output;
}

bool in_use(const Estate& estate, const std::string& id) {
  const bool routed = std::ranges::any_of(estate.model.route_tables, [&](const auto& entry) {
    const auto& routes = entry.second.routes;
    return std::ranges::find(routes, id, &Route::destination) != routes.end();
  });
  return routed || std::ranges::any_of(estate.model.groups, [&](const auto& entry) {
           const auto& rules = entry.second.rules;
           return std::ranges::find(rules, id, &Rule::prefix_list) != rules.end();
         });
}

json::object remove(Estate& estate, const Call& call) {
  const auto list = own_list(estate, call);
  if (in_use(estate, list.id)) {
    throw Error("PrefixListInUse",
                fmt::format("The prefix list '{}' is in use and cannot be deleted.", list.id));
  }
  estate.model.prefix_lists.erase(list.id);
  auto shown = view(estate, list);
  shown["state"] = "delete-in-progress";
  json::object output;
  output["prefixList"] = std::move(shown);
  return output;
}

json::object entries_of(Estate& estate, const Call& call) {
  const auto all = all_lists(estate);
  const auto id = required(call.input, "PrefixListId");
  check_prefix_list(estate, id);
  const auto& list = all.at(id);
  const auto version = number(call.input, "TargetVersion").value_or(list.version);
  const auto found = list.versions.find(version);
  if (found == list.versions.end()) {
    throw invalid_value(fmt::format("The prefix list {} has no version {}.", id, version));
  }
  std::map<std::string, json::object> entries;
  for (const auto& entry : found->second) {
    entries[entry.cidr] = {{"cidr", entry.cidr}, {"description", entry.description}};
  }
  return page(call, "entrySet", std::move(entries), 100);
}

std::vector<Access> on_list(const Estate& estate, const Call& call) {
  return Gate(estate, call).on(text(call.input, "PrefixListId"));
}

}  // namespace

std::vector<Cidr> blocks_of_list(const Estate& estate, const std::string& id) {
  std::vector<Cidr> blocks;
  const auto found = estate.model.prefix_lists.find(id);
  if (found == estate.model.prefix_lists.end()) return blocks;
  for (const auto& entry : found->second.versions.at(found->second.version)) {
    if (const auto block = parse_cidr(entry.cidr)) blocks.push_back(*block);
  }
  return blocks;
}

void check_prefix_list(const Estate& estate, const std::string& id) {
  if (lists_of_aws(estate).contains(id)) return;
  check_form(kind::prefix_list, id);
  if (!estate.find(estate.model.prefix_lists, id)) throw not_found(kind::prefix_list, id);
}

void add_prefix_list_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateManagedPrefixList",
        "PrefixListName Entry MaxEntries AddressFamily TagSpecification ClientToken", create,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call).fresh(kind::prefix_list.type);
        }},
       {"ModifyManagedPrefixList",
        "PrefixListId CurrentVersion PrefixListName AddEntry RemoveEntry MaxEntries", modify,
        on_list},
       {"DeleteManagedPrefixList", "PrefixListId", remove, on_list},
       {"GetManagedPrefixListEntries", "PrefixListId TargetVersion MaxResults NextToken",
        entries_of, on_list},
       {"DescribeManagedPrefixLists", "PrefixListId Filter MaxResults NextToken", describe_managed},
       {"DescribePrefixLists", "PrefixListId Filter MaxResults NextToken", describe_old}});
}

}  // namespace sim::ec2

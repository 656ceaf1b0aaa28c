#include "cli/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <map>
#include <set>

namespace cli {

namespace {

// Milliseconds: what the logs can tell. Finer digits would be noise.
double rounded(Seconds seconds) {
  return std::round(seconds * 1000) / 1000;
}

json::value optional_seconds(const std::optional<Seconds>& seconds) {
  return seconds ? json::value(rounded(*seconds)) : json::value(nullptr);
}

double dollars(base::Money money) {
  return static_cast<double>(money.micro_dollars()) / 1e6;
}

template <class Item, class Function>
json::array list(const std::vector<Item>& items, Function one) {
  json::array result;
  for (const auto& item : items) result.push_back(one(item));
  return result;
}

json::object check_json(const Check& check) {
  json::object result{{"name", check.name}, {"ok", check.ok}, {"evidence", check.evidence}};
  if (!check.data.empty()) result["data"] = check.data;
  return result;
}

json::object moment_json(const Moment& moment) {
  json::object result{{"at", rounded(moment.at)}, {"phase", moment.phase},
                      {"source", moment.source},  {"subject", moment.subject},
                      {"text", moment.text},      {"headline", moment.headline}};
  if (!moment.detail.empty()) result["detail"] = moment.detail;
  return result;
}

json::object wait_json(const Wait& wait) {
  return {{"for", wait.why},
          {"state", wait.state},
          {"from", rounded(wait.from)},
          {"seconds", rounded(wait.seconds)}};
}

json::object piece_json(const Piece& piece) {
  return {{"id", piece.id},
          {"type", piece.type},
          {"logical_name", piece.logical_name},
          {"started", optional_seconds(piece.started)},
          {"ended", optional_seconds(piece.ended)},
          {"waits", list(piece.waits, wait_json)},
          {"refusals", piece.refusals},
          {"implied_by", piece.implied_by},
          {"reason", piece.reason},
          {"already_gone", piece.already_gone}};
}

json::object strike_json(const Strike& strike) {
  return {{"requested", optional_seconds(strike.requested)},
          {"ready", optional_seconds(strike.ready)},
          {"done", optional_seconds(strike.done)},
          {"pieces", list(strike.pieces, piece_json)},
          {"data", strike.data},
          {"failure", strike.failure}};
}

json::object route_json(const Route& route) {
  return {{"destination", route.destination}, {"target", route.target}, {"state", route.state}};
}

json::object subnet_json(const Subnet& subnet) {
  return {{"id", subnet.id},
          {"name", subnet.name},
          {"cidr", subnet.cidr},
          {"route_table", subnet.route_table},
          {"routes", list(subnet.routes, route_json)}};
}

json::object node_json(const Node& node) {
  return {{"id", node.id},         {"type", node.type},       {"name", node.name},
          {"subnet", node.subnet}, {"address", node.address}, {"state", node.state}};
}

json::value topology_json(const std::optional<Topology>& topology) {
  if (!topology) return nullptr;
  return json::object{{"vpc", topology->vpc},
                      {"cidr", topology->cidr},
                      {"subnets", list(topology->subnets, subnet_json)},
                      {"nodes", list(topology->nodes, node_json)}};
}

json::object saving_json(const Saving& saving) {
  return {{"currency", "USD"},
          {"hourly", dollars(saving.hourly)},
          {"monthly", dollars(saving.monthly)},
          {"prices", list(saving.prices, [](const Price& price) {
             return json::object{
                 {"id", price.id}, {"what", price.what}, {"hourly", dollars(price.hourly)}};
           })}};
}

std::size_t held(const std::vector<Check>& checks) {
  return static_cast<std::size_t>(
      std::count_if(checks.begin(), checks.end(), [](const Check& check) { return check.ok; }));
}

std::set<std::string> ids(const Topology& topology) {
  std::set<std::string> result;
  for (const auto& node : topology.nodes) {
    if (node.state != "deleted") result.insert(node.id);
  }
  for (const auto& subnet : topology.subnets) {
    result.insert(subnet.id);
    for (const auto& route : subnet.routes) {
      result.insert(subnet.route_table + "|" + route.destination);
    }
  }
  return result;
}

void print(std::string& out, const json::value& value, int depth) {
  const auto indent = [&out](int levels) { out.append(static_cast<std::size_t>(levels) * 2, ' '); };
  if (const auto* object = value.if_object(); object != nullptr && !object->empty()) {
    out += "{\n";
    bool first = true;
    for (const auto& [key, item] : *object) {
      if (!std::exchange(first, false)) out += ",\n";
      indent(depth + 1);
      out += json::serialize(json::string(key)) + ": ";
      print(out, item, depth + 1);
    }
    out += "\n";
    indent(depth);
    out += "}";
  } else if (const auto* array = value.if_array(); array != nullptr && !array->empty()) {
    out += "[\n";
    bool first = true;
    for (const auto& item : *array) {
      if (!std::exchange(first, false)) out += ",\n";
      indent(depth + 1);
      print(out, item, depth + 1);
    }
    out += "\n";
    indent(depth);
    out += "]";
  } else if (const auto* number = value.if_double()) {
    out += fmt::format("{}", *number);
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

bool holds(const Document& document) {
  return document.failure.empty() && !document.checks.empty() &&
         held(document.checks) == document.checks.size() &&
         held(document.leftovers) == document.leftovers.size();
}

std::vector<std::string> gone(const Topology& before, const Topology& after) {
  const auto still = ids(after);
  std::vector<std::string> result;
  for (const auto& id : ids(before)) {
    if (!still.contains(id)) result.push_back(id);
  }
  return result;
}

json::object to_json(const Document& document) {
  json::object result{
      {"falsework", document.version},
      {"seed", document.seed},
      {"mode", document.mode},
      {"region", document.region},
      {"account", document.account},
      {"stack", document.stack},
      {"ok", holds(document)},
      {"verdict", verdict(document)},
      {"checks", list(document.checks, check_json)},
      {"leftovers", list(document.leftovers, check_json)},
      {"virtual_seconds", rounded(document.virtual_seconds)},
      {"strike_seconds", optional_seconds(document.strike_seconds)},
      {"minimum_seconds", optional_seconds(document.minimum_seconds)},
      {"api_calls", document.api_calls ? json::value(*document.api_calls) : json::value(nullptr)},
      {"saving", saving_json(document.saving)},
      {"strike", strike_json(document.strike)},
      {"topology", json::object{{"before", topology_json(document.before)},
                                {"after", topology_json(document.after)}}},
      {"timeline", list(document.timeline, moment_json)}};
  if (!document.failure.empty()) result["failure"] = document.failure;
  return result;
}

std::string verdict(const Document& document) {
  const std::size_t all = document.checks.size() + document.leftovers.size();
  const std::size_t good = held(document.checks) + held(document.leftovers);
  std::string text = all == 0      ? std::string("Nothing could be checked.")
                     : good == all ? fmt::format("All {} checks hold.", all)
                                   : fmt::format("{} of {} checks FAILED.", all - good, all);
  if (!document.failure.empty()) return text + " " + document.failure;
  if (document.strike_seconds) {
    std::size_t struck = 0;
    for (const auto& piece : document.strike.pieces) struck += piece.ended ? 1 : 0;
    text += fmt::format(" {} pieces struck in {:.1f} s", struck, *document.strike_seconds);
    if (document.minimum_seconds && *document.minimum_seconds > 0) {
      const double over = *document.strike_seconds - *document.minimum_seconds;
      text += fmt::format(", {:.1f} s ({:.1f} %) over AWS's own minimum", over,
                          100 * over / *document.minimum_seconds);
    }
    text += ".";
  }
  if (document.saving.monthly > base::Money()) {
    text += fmt::format(" Saves ${} a month.", document.saving.monthly.cents());
  }
  return text;
}

std::pair<Seconds, Seconds> strike_span(const Strike& strike) {
  std::optional<Seconds> from = strike.ready;
  Seconds to = strike.done.value_or(strike.ready.value_or(0));
  for (const auto& piece : strike.pieces) {
    if (!piece.started) continue;
    from = std::min(from.value_or(*piece.started), *piece.started);
    to = std::max({to, *piece.started, piece.ended.value_or(0)});
    for (const auto& wait : piece.waits) to = std::max(to, wait.from + wait.seconds);
  }
  return {from.value_or(to), to};
}

std::string words(std::string_view type) {
  static const std::map<std::string_view, std::string_view> known{
      {"nat_gateway", "NAT gateway"},
      {"elastic_ip", "Elastic IP"},
      {"internet_gateway", "internet gateway"},
      {"attachment", "gateway attachment"},
      {"endpoint", "interface endpoint"}};
  const auto found = known.find(type);
  return std::string(found == known.end() ? type : found->second);
}

std::string pretty(const json::value& value) {
  std::string out;
  print(out, value, 0);
  out += "\n";
  return out;
}

}  // namespace cli

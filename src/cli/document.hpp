// The story of one demo as data: what was built, what was struck and when, what was checked and
// what it saves. One JSON object, the same to the byte for the same seed; the terminal and the
// report draw from it and from nothing else. It holds no wall time and no secret.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/money.hpp"

namespace cli {

namespace json = boost::json;

// All moments are seconds since the start of the story.
using Seconds = double;

// One claim about the world and what was seen of it.
struct Check {
  std::string name;  // "both default routes are gone"
  bool ok = false;
  std::string evidence;  // a sentence or two, with ids
  json::object data = {};
};

struct Moment {
  Seconds at = 0;
  std::string phase;    // build, strike, check, delete
  std::string source;   // stack, resource, task, function, check, operator
  std::string subject;  // an id or a logical id
  std::string text;
  bool headline = false;  // one of the few that tell the story
  json::object detail = {};
};

struct Wait {
  std::string why;    // "the NAT gateway to be deleted"
  std::string state;  // "deleting"; may be empty
  Seconds from = 0;
  Seconds seconds = 0;
};

// One temporary resource and its end.
struct Piece {
  std::string id;
  std::string type;  // route, nat_gateway, elastic_ip, internet_gateway, attachment
  std::string logical_name;
  std::optional<Seconds> started;
  std::optional<Seconds> ended;
  std::vector<Wait> waits;
  int refusals = 0;        // how often AWS said no on the way
  std::string implied_by;  // the id on whose account it goes; empty when it was named itself
  std::string reason;
  bool already_gone = false;
};

struct Strike {
  std::optional<Seconds> requested;  // the function received the request
  std::optional<Seconds> ready;      // readiness held
  std::optional<Seconds> done;       // the last piece struck and verified
  std::vector<Piece> pieces;
  json::object data;    // what the custom resource answered
  std::string failure;  // empty when it succeeded
};

struct Route {
  std::string destination;
  std::string target;
  std::string state;
};

struct Subnet {
  std::string id;
  std::string name;
  std::string cidr;
  std::string route_table;
  std::vector<Route> routes;
};

// What stands in a subnet, or at the edge of the VPC.
struct Node {
  std::string id;
  std::string type;  // task, instance, nat_gateway, internet_gateway, elastic_ip, endpoint
  std::string name;
  std::string subnet;   // empty at the edge
  std::string address;  // private, or the public one of an Elastic IP
  std::string state;
};

struct Topology {
  std::string vpc;
  std::string cidr;
  std::vector<Subnet> subnets;
  std::vector<Node> nodes;
};

struct Price {
  std::string id;
  std::string what;
  base::Money hourly;
};

struct Saving {
  base::Money hourly;
  base::Money monthly;  // 730 hours
  std::vector<Price> prices;
};

struct Document {
  std::string version;
  std::uint64_t seed = 0;
  std::string mode = "falsework";  // or "original"
  std::string region;
  std::string account;
  std::string stack;
  std::vector<Check> checks;
  std::vector<Moment> timeline;
  Strike strike;
  std::optional<Topology> before;
  std::optional<Topology> after;
  Seconds virtual_seconds = 0;
  std::optional<Seconds> strike_seconds;   // from readiness held to the last piece verified
  std::optional<Seconds> minimum_seconds;  // what AWS itself would have taken, with perfect timing
  std::optional<int> api_calls;            // by the function
  Saving saving;
  std::vector<Check> leftovers;  // after the stack was deleted: what is gone, what AWS still shows
  std::string failure;           // why the story ended early; empty otherwise
};

// True when the story ran to its end and every check holds, the leftovers included.
bool holds(const Document& document);

// What stood in `before` and no longer stands in `after`, by id; routes as "rtb-...|destination".
std::vector<std::string> gone(const Topology& before, const Topology& after);

json::object to_json(const Document& document);

// The one line that matters most: "8 of 8 checks hold. ...".
std::string verdict(const Document& document);

// From readiness held (or, without it, the first piece) to the last thing seen of any piece.
std::pair<Seconds, Seconds> strike_span(const Strike& strike);

// "route", "NAT gateway", ...: a piece's or node's type for people.
std::string words(std::string_view type);

// Indented by two spaces, numbers as people write them, object keys in their order.
std::string pretty(const json::value& value);

}  // namespace cli

// One request of CloudFormation to a custom resource, read. Pure.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace cfn {

// Where the answer goes and whose it is: enough to answer whatever else is wrong with the event.
// The URL is presigned, a secret: it stands in no log and in no error text.
struct ReturnAddress {
  std::string url;
  std::string stack_id;
  std::string request_id;
  std::string logical_id;
  // The id CloudFormation already knows (Update, Delete), else one made from stack and logical id.
  std::string physical_id;
};

enum class RequestType { create, update, remove };

std::string_view name(RequestType type);

struct Event {
  RequestType type = RequestType::create;
  boost::json::object properties;

  struct Reading;
  // Unknown fields are ignored, all problems are found at once. Never throws.
  static Reading parse(std::string_view payload);
};

struct Event::Reading {
  std::optional<ReturnAddress> sender;  // whoever is known here always gets an answer
  std::optional<Event> event;           // only when there are no problems
  std::vector<std::string> problems;
};

// The same for every request about the same resource, so that a lost Create, its Delete and a retry
// agree: CloudFormation takes another id for a replacement and deletes the old one.
std::string physical_id(std::string_view stack_id, std::string_view logical_id);

// The time span in which an answer to this URL can have an effect, as far as its query tells:
// X-Amz-Date and X-Amz-Expires, or Expires.
struct Validity {
  std::optional<base::Instant> signed_at;
  std::optional<base::Instant> expires;
};
Validity validity(std::string_view url);

}  // namespace cfn

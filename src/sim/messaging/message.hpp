// What senders give beside the text of a message: attributes, read, checked and digested. Pure.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "sim/core/call.hpp"

namespace sim::messaging {

struct Attribute {
  std::string type;   // String, Number or Binary, perhaps with ".a-label-of-its-own"
  std::string value;  // text; the bytes themselves when it is binary

  bool binary() const { return type.starts_with("Binary"); }
  bool operator==(const Attribute&) const = default;
};

// In the order of their names, as the digest wants them.
using Attributes = std::map<std::string, Attribute>;

// Of {"name": {"DataType", "StringValue" or "BinaryValue" (base64)}}. Throws Error `code` with
// AWS's texts.
Attributes read_attributes(const json::object& given, const std::string& code);
json::object shown(const Attributes& attributes);

// What counts towards a message's size.
std::size_t size_of(const Attributes& attributes);

// MD5 in hex, as clients compute it to compare: of the text, and of attributes.
std::string digest(std::string_view text);
std::string digest(const Attributes& attributes);

// Whether the text holds only characters that XML can carry: SQS and SNS take no others.
bool is_sendable(std::string_view text);

// Whether a receiver who names these ("All", ".*", "prefix.*", a name) wants this one.
bool is_wanted(const std::vector<std::string>& names, std::string_view name);

}  // namespace sim::messaging

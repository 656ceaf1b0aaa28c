#include "sim/messaging/message.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace sim::messaging {
namespace {

Attributes read(const char* text) {
  return read_attributes(json::parse(text).as_object(), "InvalidParameterValue");
}

std::string refusal(const char* text) {
  try {
    read(text);
    return "none";
  } catch (const Error& error) {
    return error.code + ": " + error.what();
  }
}

// The first from a public recording of AWS's answer; the others computed as the developer guide
// says, by another program.
TEST(Digests, are_those_that_clients_compute) {
  EXPECT_EQ(digest(std::string_view("This is a test message")), "fafb00f5732ab283681e124bf8747ed1");
  EXPECT_EQ(digest(read(R"({"timestamp":{"DataType":"Number","StringValue":"1493147359900"}})")),
            "235c5c510d26fb653d073faed50ae77c");
  EXPECT_EQ(digest(read(R"({"b":{"DataType":"Binary.gif","BinaryValue":"AP8="},
                            "a":{"DataType":"String","StringValue":"x"}})")),
            "ba443df71380756f4b1f3f112bad4852");
}

TEST(Attributes, come_back_as_they_were_given) {
  const auto given = json::parse(R"({"a":{"StringValue":"x","DataType":"String"},
                                     "b":{"BinaryValue":"AP8=","DataType":"Binary"}})");
  EXPECT_EQ(shown(read_attributes(given.as_object(), "X")), given.as_object());
}

struct Row {
  const char *given, *refusal;
};

constexpr Row rows[] = {
    {R"({"a":{"DataType":"String","StringValue":""}})",
     "InvalidParameterValue: The message attribute 'a' must contain a non-empty message attribute "
     "value for message attribute type 'String'."},
    {R"({"a":{"StringValue":"x"}})",
     "InvalidParameterValue: The message attribute 'a' must contain a non-empty message attribute "
     "type."},
    {R"({"a":{"DataType":"Text","StringValue":"x"}})",
     "InvalidParameterValue: The message attribute 'a' has an invalid message attribute type, the "
     "set of supported type prefixes is Binary, Number, and String."},
    {R"({"a":{"DataType":"Number","StringValue":"1x"}})",
     "InvalidParameterValue: Can't cast the value of message attribute 'a' to a number."},
    {R"({"a":{"DataType":"Number","StringValue":"-1.5e3"}})", "none"},
    {R"({"a b":{"DataType":"String","StringValue":"x"}})",
     "InvalidParameterValue: The message attribute name 'a b' is invalid. Attribute name can "
     "contain A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.) characters."},
    {R"({"a":{"DataType":"String","StringListValues":["x"]}})",
     "NotImplemented: The embedded AWS has no StringListValues for message attributes."}};

TEST(Attributes, that_are_none_are_refused) {
  for (const auto& row : rows) EXPECT_EQ(refusal(row.given), row.refusal);
}

TEST(Receivers, name_attributes_one_by_one_by_prefix_or_all) {
  EXPECT_TRUE(is_wanted({"a"}, "a"));
  EXPECT_TRUE(is_wanted({"All"}, "a"));
  EXPECT_TRUE(is_wanted({".*"}, "a"));
  EXPECT_TRUE(is_wanted({"x", "ab.*"}, "abc"));
  EXPECT_FALSE(is_wanted({"ab.*"}, "a"));
  EXPECT_FALSE(is_wanted({}, "a"));
}

}  // namespace
}  // namespace sim::messaging

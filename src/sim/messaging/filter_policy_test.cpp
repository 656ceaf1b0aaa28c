#include "sim/messaging/filter_policy.hpp"

#include <gtest/gtest.h>

namespace sim::messaging {
namespace {

const Attributes message{{"store", {"String", "example_corp"}},
                         {"price", {"Number", "210.5"}},
                         {"tags", {"String.Array", R"(["red", 7, true])"}},
                         {"picture", {"Binary", "xx"}}};
constexpr const char* body = R"({"store":"example_corp","order":{"price":210.5,"tags":["red"]}})";

struct Row {
  const char* policy;
  bool wanted;
  bool by_body = false;
};

constexpr Row rows[] = {
    {R"({"store":["other","example_corp"]})", true},
    {R"({"store":["other"]})", false},
    {R"({"store":["example_corp"],"price":[210.50]})", true},
    {R"({"store":["example_corp"],"price":[1]})", false},
    {R"({"missing":["x"]})", false},
    {R"({"store":[{"prefix":"example"}]})", true},
    {R"({"store":[{"suffix":"corp"}]})", true},
    {R"({"store":[{"suffix":"example"}]})", false},
    {R"({"store":[{"equals-ignore-case":"EXAMPLE_corp"}]})", true},
    {R"({"store":[{"anything-but":["a","b"]}]})", true},
    {R"({"store":[{"anything-but":["example_corp"]}]})", false},
    {R"({"store":[{"anything-but":{"prefix":"exam"}}]})", false},
    {R"({"store":[{"anything-but":{"suffix":"corp"}}]})", false},
    {R"({"store":[{"anything-but":{"equals-ignore-case":"EXAMPLE_CORP"}}]})", false},
    {R"({"store":[{"anything-but":{"prefix":"other"}}]})", true},
    {R"({"store":[{"anything-but":"other"}]})", true},
    {R"({"price":[{"anything-but":210.50}]})", false},
    {R"({"price":[{"anything-but":[1,"a"]}]})", true},
    {R"({"missing":[{"anything-but":["a"]}]})", false},
    {R"({"price":[{"numeric":[">",200,"<=",210.5]}]})", true},
    {R"({"price":[{"numeric":["<",210.5]}]})", false},
    {R"({"price":[{"numeric":["=",210.5]}]})", true},
    {R"({"store":[{"numeric":[">",0]}]})", false},
    {R"({"store":[{"exists":true}]})", true},
    {R"({"store":[{"exists":false}]})", false},
    {R"({"missing":[{"exists":false}]})", true},
    {R"({"picture":[{"exists":true}]})", false},
    {R"({"tags":["red"]})", true},
    {R"({"tags":[7]})", true},
    {R"({"tags":["blue"]})", false},
    {R"({"store":["example_corp"]})", true, true},
    {R"({"order":{"price":[{"numeric":[">",200]}]}})", true, true},
    {R"({"order":{"price":[{"numeric":["<",200]}]}})", false, true},
    {R"({"order":{"tags":["red"]}})", true, true},
    {R"({"order":{"nothing":[{"exists":false}]}})", true, true},
    {R"({"price":[210.5]})", false, true},
};

TEST(FilterPolicies, want_what_they_say) {
  for (const auto& row : rows) {
    check_filter_policy(row.policy);
    EXPECT_EQ(wants(row.policy, row.by_body, message, body), row.wanted) << row.policy;
  }
  EXPECT_FALSE(wants(R"({"store":["x"]})", true, message, "no JSON"));
}

struct Wrong {
  const char *policy, *code;
};

constexpr Wrong wrong[] = {
    {"no", "InvalidParameter"},
    {"[]", "InvalidParameter"},
    {"{}", "InvalidParameter"},
    {R"({"a":"x"})", "InvalidParameter"},
    {R"({"a":[]})", "InvalidParameter"},
    {R"({"a":[{"like":"x"}]})", "InvalidParameter"},
    {R"({"a":[{"exists":"x"}]})", "InvalidParameter"},
    {R"({"a":[{"numeric":["~",1]}]})", "InvalidParameter"},
    {R"({"a":[{"prefix":1}]})", "InvalidParameter"},
    {R"({"a":[{"anything-but":{"exists":"x"}}]})", "InvalidParameter"},
    {R"({"a":[{"anything-but":{"numeric":"x"}}]})", "InvalidParameter"},
    {R"({"a":[{"anything-but":{"prefix":1}}]})", "InvalidParameter"},
    {R"({"a":[{"anything-but":{}}]})", "InvalidParameter"},
    {R"({"a":[{"anything-but":{"prefix":"a","suffix":"b"}}]})", "InvalidParameter"},
    {R"({"a":[{"anything-but":{"anything-but":"x"}}]})", "InvalidParameter"},
    {R"({"a":[{"anything-but":true}]})", "InvalidParameter"},
    {R"({"a":[{"anything-but":null}]})", "InvalidParameter"},
    {R"({"a":[{"anything-but":[]}]})", "InvalidParameter"},
    {R"({"a":[{"anything-but":["x",["y"]]}]})", "InvalidParameter"},
    {R"({"a":[{"anything-but":[{"prefix":"x"}]}]})", "InvalidParameter"},
    {R"({"a":[{"wildcard":"x*"}]})", "NotImplemented"},
    {R"({"a":[{"cidr":"10.0.0.0/8"}]})", "NotImplemented"},
    {R"({"$or":[{"a":["x"]},{"b":["y"]}]})", "NotImplemented"}};

TEST(FilterPolicies, that_are_none_or_not_honoured_are_refused) {
  for (const auto& row : wrong) {
    std::string code;
    try {
      check_filter_policy(row.policy);
    } catch (const Error& error) {
      code = error.code;
    }
    EXPECT_EQ(code, row.code) << row.policy;
  }
}

}  // namespace
}  // namespace sim::messaging

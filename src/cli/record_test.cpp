#include "cli/record.hpp"

#include <gtest/gtest.h>

namespace cli {
namespace {

using aws::cloudformation::StackEvent;

constexpr const char* root = "arn:aws:cloudformation:r:1:stack/root/1";
constexpr const char* nested = "arn:aws:cloudformation:r:1:stack/root-Network/2";

// What a stack says of a nested one, or a stack of itself.
StackEvent said(const std::string& by, const std::string& of, const std::string& status) {
  static int number = 0;
  StackEvent event;
  event.id = std::to_string(++number);
  event.stack_id = by;
  event.stack_name = by == root ? "root" : "root-Network";
  event.logical_id = of == root ? "root" : by == root ? "Network" : "root-Network";
  event.physical_id = of;
  event.type = "AWS::CloudFormation::Stack";
  event.status = status;
  return event;
}

TEST(Record, asks_nested_stacks_only_while_something_happens_in_them) {
  Record record(root, base::Instant());
  const struct {
    StackEvent event;
    bool news;
  } story[] = {
      {said(root, root, "CREATE_IN_PROGRESS"), true},
      {said(root, nested, "CREATE_IN_PROGRESS"), true},
      {said(nested, nested, "CREATE_IN_PROGRESS"), true},
      {said(nested, nested, "CREATE_COMPLETE"), true},
      {said(root, nested, "CREATE_COMPLETE"), false},
      {said(root, root, "CREATE_COMPLETE"), false},
      {said(root, nested, "DELETE_IN_PROGRESS"), true},
      {said(nested, nested, "DELETE_IN_PROGRESS"), true},
      {said(root, nested, "DELETE_FAILED"), true},
      {said(nested, nested, "DELETE_FAILED"), false},
  };
  for (const auto& [event, news] : story) {
    record.add({event});
    EXPECT_EQ(record.may_have_news(nested), news) << event.status << " said by " << event.stack_id;
    EXPECT_TRUE(record.may_have_news(root)) << event.status;
  }
}

}  // namespace
}  // namespace cli

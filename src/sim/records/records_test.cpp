// The machinery that all tables share, on a service with one type.
#include "sim/records/records.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "sim/core/ask.hpp"

namespace sim::records {
namespace {

constexpr base::Instant start{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

class Nobody final : public Caller {
 public:
  Task<json::object> call(Principal, std::string, std::string action, json::object) override {
    throw Error("NotFound", action + " finds nothing");
    co_return json::object();
  }
};

Type jar() {
  return {.name = "jar",
          .create = "CreateJar",
          .describe = "DescribeJars",
          .update = "UpdateJar",
          .sets = "CloseJar=Open:false,Label:closed ForgetLabel=Label:",
          .remove = "DeleteJar",
          .members = "Name! Size:number Open:flag Label Shape:round|square VpcId:@vpc Tags:tags",
          .later = "Note",
          .identifier = "JarId",
          .many = "JarIds",
          .id = "jar-{Name}",
          .arn = "jar/{Name}",
          .shows = "JarId={id} JarArn={arn}",
          .output = "Jar",
          .list = "Jars",
          .created = "CreatedAt",
          .state = "Status CREATING READY LEAVING",
          .exists = "JarExists|A jar named {id} exists",
          .missing = "JarNotFound|No jar {id}",
          .absent = "vpc=InvalidVpc",
          .creating = {std::chrono::seconds(10), std::chrono::seconds(10)},
          .deleting = {std::chrono::seconds(20), std::chrono::seconds(20)}};
}

class Records : public testing::Test {
 protected:
  json::object call(const std::string& action, json::object input) {
    return test::ask(*runtime_, book_, action, std::move(input), test::root());
  }
  std::string refusal(const std::string& action, json::object input) {
    try {
      call(action, std::move(input));
      return "done";
    } catch (const Error& error) {
      return error.code + ": " + error.what();
    }
  }
  std::string seen(const std::string& member) {
    const auto jars = call("DescribeJars", {{"JarId", "jar-a"}});
    return text_of(jars.at("Jars").at(0).as_object(), member);
  }
  void pass(base::Duration duration) {
    runtime_->run([](base::Clock& clock, base::Duration by) -> Task<void> {
      co_await clock.sleep_for(by);
    }(runtime_->clock(), duration));
  }
  std::vector<Access> access(const std::string& action, json::object input) {
    return book_.operations().at(action).access(Call{{}, "jars", action, std::move(input), {}});
  }

  std::unique_ptr<base::Runtime> runtime_ = base::virtual_runtime(start);
  Nobody nobody_;
  Book book_{Context{*runtime_}, nobody_,
             Words{.name = "jars", .prefix = "pantry", .tags = TagWords{}},
             std::vector<Type>{jar()}};
};

TEST_F(Records, live_from_their_creation_to_the_end_of_their_deletion) {
  const auto made = call("CreateJar", {{"Name", "a"}, {"Size", "3"}});
  EXPECT_EQ(made.at("Jar").at("JarArn"), "arn:aws:pantry:ap-northeast-1:123456789012:jar/a");
  EXPECT_EQ(made.at("Jar").at("Size"), 3);
  EXPECT_EQ(seen("Status"), "CREATING");
  pass(std::chrono::seconds(10));
  EXPECT_EQ(seen("Status"), "READY");
  EXPECT_EQ(refusal("CreateJar", {{"Name", "a"}}), "JarExists: A jar named jar-a exists");
  call("DeleteJar", {{"JarId", "jar-a"}});
  EXPECT_EQ(seen("Status"), "LEAVING");
  EXPECT_EQ(refusal("DeleteJar", {{"JarId", "jar-a"}}), "JarNotFound: No jar jar-a");
  pass(std::chrono::seconds(20));
  EXPECT_EQ(refusal("DescribeJars", {{"JarId", "jar-a"}}), "JarNotFound: No jar jar-a");
}

TEST_F(Records, take_what_their_members_say_and_nothing_else) {
  EXPECT_THAT(refusal("CreateJar", {}), testing::HasSubstr("Value null at 'Name'"));
  EXPECT_THAT(refusal("CreateJar", {{"Name", "a"}, {"Colour", "red"}}),
              testing::StartsWith("NotImplemented: The embedded AWS has no Colour for CreateJar"));
  EXPECT_THAT(refusal("CreateJar", {{"Name", "a"}, {"Size", "big"}}),
              testing::StartsWith("SerializationException"));
  EXPECT_THAT(refusal("CreateJar", {{"Name", "a"}, {"Shape", "flat"}}),
              testing::HasSubstr("Member must satisfy enum value set: [round, square]"));
  EXPECT_EQ(refusal("CreateJar", {{"Name", "a"}, {"VpcId", "vpc-1"}}),
            "InvalidVpc: DescribeVpcs finds nothing");
  EXPECT_THAT(refusal("CreateJar", {{"Name", "a"}, {"Note", "later"}}),
              testing::StartsWith("NotImplemented"));
  EXPECT_EQ(refusal("DescribeJars", {{"JarId", "jar-a"}}), "JarNotFound: No jar jar-a");
}

TEST_F(Records, are_changed_by_what_updates_give_and_by_actions_that_set_one_member) {
  call("CreateJar", {{"Name", "a"}, {"Label", "jam"}});
  call("UpdateJar", {{"JarId", "jar-a"}, {"Note", "n"}, {"Size", 4}});
  EXPECT_EQ(seen("Note") + seen("Size") + seen("Label"), "n4jam");
  call("ForgetLabel", {{"JarId", "jar-a"}});
  EXPECT_EQ(seen("Label"), "");
  call("CloseJar", {{"JarId", "arn:aws:pantry:ap-northeast-1:123456789012:jar/a"}});
  EXPECT_EQ(call("DescribeJars", {}).at("Jars").at(0).at("Open"), false);
  EXPECT_EQ(seen("Label"), "closed");
}

TEST_F(Records, are_authorized_on_their_arn_with_their_tags) {
  json::object input{{"Name", "a"}};
  input["Tags"] = json::array{json::object{{"Key", "k"}, {"Value", "v"}}};
  const auto wanted = access("CreateJar", input);
  EXPECT_EQ(wanted.at(0).action, "pantry:CreateJar");
  EXPECT_EQ(wanted.at(0).resource, "arn:aws:pantry:ap-northeast-1:123456789012:jar/a");
  EXPECT_EQ(wanted.at(0).context.at("aws:RequestTag/k"), "v");
  call("CreateJar", input);
  EXPECT_EQ(access("DeleteJar", {{"JarId", "jar-a"}}).at(0).context.at("aws:ResourceTag/k"), "v");
  json::object untag{{"ResourceArn", "jar-a"}};
  untag["TagKeys"] = json::array{"k"};
  call("UntagResource", untag);
  EXPECT_TRUE(access("DeleteJar", {{"JarId", "jar-a"}}).at(0).context.empty());
}

}  // namespace
}  // namespace sim::records

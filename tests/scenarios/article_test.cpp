// The article's own templates, with Falsework in the place of their last stack. Its Python function
// needs real processes and the machine's time: tests/article runs that one.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "sim/cloudformation/zip.hpp"
#include "sim/ec2/ec2.hpp"
#include "sim/s3/s3.hpp"
#include "tests/scenarios/story.hpp"

namespace scenarios {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr const char* bucket = "articles-templates";

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Article : public testing::TestWithParam<std::uint64_t> {
 protected:
  // The account, at AWS's own door behind the wire.
  base::Task<json::object> call(const char* service, const char* action, json::object input) {
    co_return co_await world_.call(root_, service, action, std::move(input));
  }

  void upload(const fs::path& templates) {
    for (const auto& file : fs::directory_iterator(templates)) {
      world_.s3().put(bucket, "fa-071/" + file.path().filename().string(), text_of(file));
    }
    world_.s3().put(bucket, "fa-071/fa-071-customresource.yaml",
                    text_of(source_ / "examples/article/falsework.yaml"));
    world_.s3().put(bucket, "fa-071/falsework-x86_64.zip",
                    sim::cloudformation::zip_of("bootstrap", "runs inside falsework\n"));
  }

  static base::Task<void> create(Article* self) {
    co_await self->call("ssm", "PutParameter",
                        {{"Name", "/falsework/bucket"}, {"Type", "String"}, {"Value", bucket}});
    co_await self->call(
        "cloudformation", "CreateStack",
        {{"StackName", "article"},
         {"TemplateURL",
          std::string("https://") + bucket + ".s3.ap-northeast-1.amazonaws.com/fa-071/fa-071.yaml"},
         {"Capabilities", json::array{"CAPABILITY_IAM"}},
         {"Parameters", json::array{json::object{{"ParameterKey", "TemplateBucketName"},
                                                 {"ParameterValue", bucket}}}}});
    co_await self->wait_while("CREATE_IN_PROGRESS");
  }
  static base::Task<void> remove(Article* self) {
    co_await self->call("cloudformation", "DeleteStack", {{"StackName", "article"}});
    co_await self->wait_while("DELETE_IN_PROGRESS");
  }

  // Leaves the stack's status and what was said about failures.
  base::Task<void> wait_while(std::string_view status) {
    do {
      co_await world_.context().clock().sleep_for(std::chrono::seconds(10));
      const auto answer = co_await call("cloudformation", "DescribeStacks",
                                        {{"StackName", stack_id_.empty() ? "article" : stack_id_}});
      const auto& stack = answer.at("Stacks").as_array().at(0).as_object();
      stack_id_ = stack.at("StackId").as_string();
      status_ = stack.at("StackStatus").as_string();
    } while (status_ == status);
    const auto events =
        co_await call("cloudformation", "DescribeStackEvents", {{"StackName", stack_id_}});
    for (const auto& event : events.at("StackEvents").as_array()) {
      const auto* reason = event.as_object().if_contains("ResourceStatusReason");
      if (reason && event.at("ResourceStatus").as_string().find("FAILED") != json::string::npos) {
        reasons_ += std::string(reason->as_string()) + "\n";
      }
    }
  }

  base::Task<json::object> described(const char* action) { return call("ec2", action, {}); }

  static base::Task<void> look(Article* self, std::map<std::string, json::object>* seen) {
    for (const char* what :
         {"DescribeNatGateways", "DescribeAddresses", "DescribeInternetGateways", "DescribeVpcs"}) {
      (*seen)[what] = co_await self->described(what);
    }
  }
  std::map<std::string, json::object> look() {
    std::map<std::string, json::object> seen;
    environment_.runtime().run(look(this, &seen));
    return seen;
  }

  apps::Environment environment_{seeded(GetParam())};
  sim::world::World& world_ = environment_.world();
  sim::Principal root_{.kind = sim::Principal::Kind::root,
                       .arn = "arn:aws:iam::123456789012:root",
                       .role_arn = {},
                       .user_id = "123456789012"};
  fs::path source_ = FALSEWORK_SOURCE_DIR;
  std::string stack_id_, status_, reasons_;
};

TEST_P(Article, its_root_stands_with_falsework_at_its_end_and_goes_without_a_trace) {
  const auto templates = source_ / "../shared/reference/fa-071";
  if (!fs::is_directory(templates)) GTEST_SKIP() << "the article's templates are not here";
  upload(templates);
  environment_.runtime().run(create(this));
  ASSERT_EQ(status_, "CREATE_COMPLETE") << reasons_;

  auto seen = look();
  const auto& gateways = seen["DescribeNatGateways"].at("natGatewaySet").as_array();
  ASSERT_EQ(gateways.size(), 1U);
  EXPECT_EQ(gateways[0].at("state").as_string(), "deleted");
  EXPECT_TRUE(seen["DescribeAddresses"].at("addressesSet").as_array().empty());
  EXPECT_TRUE(seen["DescribeInternetGateways"].at("internetGatewaySet").as_array().empty());

  environment_.runtime().run(remove(this));
  EXPECT_EQ(status_, "DELETE_COMPLETE") << reasons_;
  EXPECT_TRUE(look()["DescribeVpcs"].at("vpcSet").as_array().empty());
}

// The first NAT gateway of world 713 needs 294 s to be deleted, of world 2 it needs 40 s.
INSTANTIATE_TEST_SUITE_P(Worlds, Article, testing::Values(713, 2));

}  // namespace
}  // namespace scenarios

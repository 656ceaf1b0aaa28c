#include "sim/iam/iam.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "sim/iam/sts.hpp"

namespace sim::iam {
namespace {

constexpr base::Instant start{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};
constexpr const char* lambda_trust =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]})";
constexpr const char* read_policy =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:Describe*","Resource":"*"}]})";

class IamTest : public testing::Test {
 protected:
  // The output, or "Code status: message".
  std::string call(const Service& service, const Principal& caller, const std::string& action,
                   json::object input) {
    std::string out;
    runtime_->run(run(service, caller, action, std::move(input), out));
    return out;
  }
  std::string iam(const std::string& action, json::object input) {
    return call(iam_, root_, action, std::move(input));
  }
  std::string make_role(const char* trust = lambda_trust) {
    return iam("CreateRole", {{"RoleName", "r"}, {"AssumeRolePolicyDocument", trust}});
  }
  std::string refusal(const Principal& principal, const Access& access, ErrorStyle style) {
    try {
      iam_.authorize(principal, {access}, style);
      return "allowed";
    } catch (const Error& error) {
      return error.code + " " + std::to_string(error.status) + ": " + error.what();
    }
  }

  std::unique_ptr<base::Runtime> runtime_ = base::virtual_runtime(start);
  Context context_{*runtime_};
  Iam iam_{context_};
  Sts sts_{context_, iam_};
  Principal root_ = iam_.root_key().principal;

 private:
  static base::Task<void> run(const Service& service, Principal caller, std::string action,
                              json::object input, std::string& out) {
    const auto& operation = service.operations().at(action);
    try {
      out = json::serialize(co_await operation.run(
          {std::move(caller), std::string(service.name()), action, std::move(input), "id"}));
    } catch (const Error& error) {
      out = error.code + " " + std::to_string(error.status) + ": " + error.what();
    }
  }
};

TEST_F(IamTest, a_role_may_do_what_its_policies_allow_and_ec2_refuses_the_rest_in_its_words) {
  make_role();
  iam("PutRolePolicy", {{"RoleName", "r"}, {"PolicyName", "p"}, {"PolicyDocument", read_policy}});
  const auto key = iam_.assume("r", "fn", "lambda.amazonaws.com");
  EXPECT_EQ(key.principal.arn, "arn:aws:sts::123456789012:assumed-role/r/fn");
  EXPECT_EQ(iam_.key(key.access_key_id)->secret, key.secret);
  EXPECT_EQ(refusal(key.principal, {"ec2:DescribeVpcs", "*"}, ErrorStyle::ec2), "allowed");
  const Access access{"ec2:DeleteNatGateway",
                      "arn:aws:ec2:ap-northeast-1:123456789012:natgateway/n"};
  const auto refused = refusal(key.principal, access, ErrorStyle::ec2);
  const std::string words =
      "UnauthorizedOperation 403: You are not authorized to perform this operation. User: "
      "arn:aws:sts::123456789012:assumed-role/r/fn is not authorized to perform: "
      "ec2:DeleteNatGateway on resource: "
      "arn:aws:ec2:ap-northeast-1:123456789012:natgateway/n because no identity-based policy "
      "allows the ec2:DeleteNatGateway action. Encoded authorization failure message: ";
  ASSERT_TRUE(refused.starts_with(words)) << refused;
  const auto message = refused.substr(words.size());
  EXPECT_EQ(message.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789-_"),
            std::string::npos);
  const auto decoded =
      call(sts_, root_, "DecodeAuthorizationMessage", {{"EncodedMessage", message}});
  EXPECT_NE(decoded.find(R"(\"explicitDeny\":false)"), std::string::npos) << decoded;
  EXPECT_NE(decoded.find(R"(\"action\":\"ec2:DeleteNatGateway\")"), std::string::npos);
  EXPECT_TRUE(call(sts_, root_, "DecodeAuthorizationMessage", {{"EncodedMessage", "AAAA"}})
                  .starts_with("InvalidAuthorizationMessageException 400"));
  EXPECT_EQ(refusal(key.principal, {"ssm:GetParameter", "*"}, ErrorStyle::json),
            "AccessDeniedException 400: User: arn:aws:sts::123456789012:assumed-role/r/fn is not "
            "authorized to perform: ssm:GetParameter on resource: * because no identity-based "
            "policy allows the ssm:GetParameter action");
  EXPECT_EQ(refusal(key.principal, {"s3:PutObject", "arn:aws:s3:::b/k"}, ErrorStyle::s3),
            "AccessDenied 403: User: arn:aws:sts::123456789012:assumed-role/r/fn is not authorized "
            "to perform: s3:PutObject on resource: \"arn:aws:s3:::b/k\" because no identity-based "
            "policy allows the s3:PutObject action");
}

TEST_F(IamTest, root_and_services_are_allowed_and_nobody_unsigned_is) {
  EXPECT_EQ(iam_.decide(root_, {"ec2:X", "*"}), Decision::allowed);
  EXPECT_EQ(iam_.decide(iam_.service_key("ecs.amazonaws.com").principal, {"ec2:X", "*"}),
            Decision::allowed);
  EXPECT_EQ(iam_.decide({}, {"ec2:X", "*"}), Decision::implicit_deny);
}

TEST_F(IamTest, only_the_services_that_the_trust_policy_names_get_the_role) {
  make_role();
  EXPECT_THROW(iam_.assume("r", "s", "ecs-tasks.amazonaws.com"), Error);
  EXPECT_THROW(iam_.assume("nobody", "s", "lambda.amazonaws.com"), Error);
  EXPECT_NO_THROW(iam_.assume("arn:aws:iam::123456789012:role/r", "s", "lambda.amazonaws.com"));
}

TEST_F(IamTest, a_session_ends_with_its_role_even_if_one_of_the_same_name_follows) {
  make_role();
  iam("PutRolePolicy", {{"RoleName", "r"}, {"PolicyName", "p"}, {"PolicyDocument", read_policy}});
  const auto key = iam_.assume("r", "fn", "lambda.amazonaws.com");
  iam("DeleteRolePolicy", {{"RoleName", "r"}, {"PolicyName", "p"}});
  iam("DeleteRole", {{"RoleName", "r"}});
  make_role();
  iam("PutRolePolicy", {{"RoleName", "r"}, {"PolicyName", "p"}, {"PolicyDocument", read_policy}});
  EXPECT_EQ(iam_.decide(key.principal, {"ec2:DescribeVpcs", "*"}), Decision::implicit_deny);
  EXPECT_TRUE(iam_.role_allows("r", "ec2:DescribeVpcs", "*"));
}

TEST_F(IamTest, aws_managed_policies_carry_their_real_statements) {
  make_role();
  const auto attach = [&](const char* policy) {
    return iam(
        "AttachRolePolicy",
        {{"RoleName", "r"}, {"PolicyArn", std::string("arn:aws:iam::aws:policy/") + policy}});
  };
  attach("service-role/AWSLambdaBasicExecutionRole");
  EXPECT_TRUE(iam_.role_allows("r", "logs:PutLogEvents", "*"));
  EXPECT_FALSE(iam_.role_allows("r", "ecr:BatchGetImage", "*"));
  attach("service-role/AmazonECSTaskExecutionRolePolicy");
  EXPECT_TRUE(iam_.role_allows("r", "ecr:BatchGetImage", "*"));
  attach("AmazonSSMManagedInstanceCore");
  EXPECT_TRUE(iam_.role_allows("r", "ssmmessages:OpenDataChannel", "*"));
  EXPECT_TRUE(attach("NoSuchAccess").starts_with("NotImplemented 501"));
}

TEST_F(IamTest, every_managed_policy_is_a_policy) {
  EXPECT_NE(iam("ListPolicies", {{"Scope", "AWS"}, {"MaxItems", "1000"}})
                .find("service-role/AWSLambdaSQSQueueExecutionRole"),
            std::string::npos);
}

TEST_F(IamTest, a_boundary_narrows_the_role) {
  const std::string arn = "arn:aws:iam::123456789012:policy/b";
  iam("CreatePolicy", {{"PolicyName", "b"}, {"PolicyDocument", read_policy}});
  make_role();
  iam("AttachRolePolicy",
      {{"RoleName", "r"}, {"PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess"}});
  EXPECT_TRUE(iam_.role_allows("r", "ec2:DeleteVpc", "*"));
  iam("PutRolePermissionsBoundary", {{"RoleName", "r"}, {"PermissionsBoundary", arn}});
  EXPECT_FALSE(iam_.role_allows("r", "ec2:DeleteVpc", "*"));
  EXPECT_TRUE(iam_.role_allows("r", "ec2:DescribeVpcs", "*"));
}

TEST_F(IamTest, missing_and_duplicate_entities_are_refused_with_iams_codes) {
  EXPECT_EQ(iam("GetRole", {{"RoleName", "r"}}),
            "NoSuchEntity 404: The role with name r cannot be found.");
  make_role();
  EXPECT_EQ(make_role(), "EntityAlreadyExists 409: Role with name r already exists.");
  EXPECT_EQ(iam("GetRolePolicy", {{"RoleName", "r"}, {"PolicyName", "p"}}),
            "NoSuchEntity 404: The role policy with name p cannot be found.");
  EXPECT_EQ(iam("DetachRolePolicy", {{"RoleName", "r"}, {"PolicyArn", "arn:x"}}),
            "NoSuchEntity 404: Policy arn:x was not found.");
  EXPECT_EQ(iam("AttachRolePolicy", {{"RoleName", "r"}, {"PolicyArn", "arn:x"}}),
            "NoSuchEntity 404: Policy arn:x does not exist or is not attachable.");
  EXPECT_TRUE(iam("CreateRole", {{"RoleName", "a b"}, {"AssumeRolePolicyDocument", "{}"}})
                  .starts_with("ValidationError 400"));
}

TEST_F(IamTest, what_is_in_use_cannot_be_deleted) {
  make_role();
  iam("CreateInstanceProfile", {{"InstanceProfileName", "p"}});
  iam("AddRoleToInstanceProfile", {{"InstanceProfileName", "p"}, {"RoleName", "r"}});
  EXPECT_EQ(iam_.instance_profile("p")->role->name, "r");
  EXPECT_TRUE(iam("DeleteRole", {{"RoleName", "r"}}).starts_with("DeleteConflict 409"));
  EXPECT_TRUE(iam("DeleteInstanceProfile", {{"InstanceProfileName", "p"}})
                  .starts_with("DeleteConflict 409"));
  iam("RemoveRoleFromInstanceProfile", {{"InstanceProfileName", "p"}, {"RoleName", "r"}});
  iam("PutRolePolicy", {{"RoleName", "r"}, {"PolicyName", "p"}, {"PolicyDocument", read_policy}});
  EXPECT_EQ(iam("DeleteRole", {{"RoleName", "r"}}),
            "DeleteConflict 409: Cannot delete entity, must delete policies first.");
  iam("DeleteRolePolicy", {{"RoleName", "r"}, {"PolicyName", "p"}});
  EXPECT_EQ(iam("DeleteRole", {{"RoleName", "r"}}), "{}");
  EXPECT_EQ(iam("DeleteInstanceProfile", {{"InstanceProfileName", "p"}}), "{}");
}

TEST_F(IamTest, long_lists_come_in_pages) {
  for (const auto* name : {"a", "b", "c"}) {
    iam("CreateRole", {{"RoleName", name}, {"AssumeRolePolicyDocument", lambda_trust}});
  }
  const auto first = iam("ListRoles", {{"MaxItems", "2"}});
  EXPECT_NE(first.find(R"("IsTruncated":true,"Marker":"2")"), std::string::npos);
  const auto second = iam("ListRoles", {{"Marker", "2"}});
  EXPECT_NE(second.find(R"("RoleName":"c")"), std::string::npos);
  EXPECT_EQ(second.find(R"("RoleName":"b")"), std::string::npos);
}

TEST_F(IamTest, a_user_assumes_a_role_that_trusts_the_account_only_with_a_policy_of_its_own) {
  const auto user = iam_.create_user_key("alice").principal;
  make_role(
      R"({"Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}})");
  const json::object input = {{"RoleArn", "arn:aws:iam::123456789012:role/r"},
                              {"RoleSessionName", "work"}};
  EXPECT_EQ(call(sts_, user, "AssumeRole", input),
            "AccessDenied 403: User: arn:aws:iam::123456789012:user/alice is not authorized to "
            "perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/r");
  iam("PutUserPolicy",
      {{"UserName", "alice"},
       {"PolicyName", "p"},
       {"PolicyDocument",
        R"({"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}})"}});
  EXPECT_NE(call(sts_, user, "AssumeRole", input).find("assumed-role/r/work"), std::string::npos);
  EXPECT_EQ(call(sts_, root_, "AssumeRole", input),
            "AccessDenied 403: Roles may not be assumed by root accounts.");
}

TEST_F(IamTest, a_session_policy_narrows_what_the_role_allows) {
  const auto user = iam_.create_user_key("alice").principal;
  make_role(
      R"({"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/alice"},"Action":"sts:AssumeRole"}})");
  iam("AttachRolePolicy",
      {{"RoleName", "r"}, {"PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess"}});
  const auto key = iam_.assume(user, "arn:aws:iam::123456789012:role/r", "work", read_policy, "",
                               std::chrono::hours(1));
  EXPECT_EQ(iam_.decide(key.principal, {"ec2:DescribeVpcs", "*"}), Decision::allowed);
  EXPECT_EQ(iam_.decide(key.principal, {"ec2:DeleteVpc", "*"}), Decision::implicit_deny);
}

TEST_F(IamTest, the_simulator_answers_from_the_same_code) {
  make_role();
  iam("PutRolePolicy", {{"RoleName", "r"}, {"PolicyName", "p"}, {"PolicyDocument", read_policy}});
  const auto answer =
      iam("SimulatePrincipalPolicy", {{"PolicySourceArn", "arn:aws:iam::123456789012:role/r"},
                                      {"ActionNames", json::array{"ec2:DescribeVpcs", "ec2:X"}}});
  EXPECT_NE(
      answer.find(
          R"("EvalActionName":"ec2:DescribeVpcs","EvalResourceName":"*","EvalDecision":"allowed")"),
      std::string::npos);
  EXPECT_NE(answer.find(R"("SourcePolicyId":"role_r_p","SourcePolicyType":"IAM Policy",)"
                        R"("StartPosition":{"Line":1,"Column":38})"),
            std::string::npos)
      << answer;
  EXPECT_NE(answer.find(
                R"("EvalActionName":"ec2:X","EvalResourceName":"*","EvalDecision":"implicitDeny")"),
            std::string::npos);
}

TEST_F(IamTest, a_custom_simulation_knows_only_the_policies_it_is_given) {
  const auto answer = iam(
      "SimulateCustomPolicy",
      {{"PolicyInputList",
        json::array{
            R"({"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/Env":"dev"}}}})"}},
       {"ActionNames", json::array{"s3:GetObject"}},
       {"ResourceArns", json::array{"arn:aws:s3:::b/k"}}});
  EXPECT_NE(answer.find(R"("EvalDecision":"implicitDeny")"), std::string::npos);
  EXPECT_NE(answer.find(R"("MissingContextValues":["aws:ResourceTag/Env"])"), std::string::npos);
  EXPECT_NE(answer.find(R"("EvalResourceDecision":"implicitDeny")"), std::string::npos);
  const auto fitting = iam(
      "SimulateCustomPolicy",
      {{"PolicyInputList",
        json::array{
            R"({"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/Env":"dev"}}}})"}},
       {"ActionNames", json::array{"s3:GetObject"}},
       {"ContextEntries", json::array{json::object{{"ContextKeyName", "aws:ResourceTag/Env"},
                                                   {"ContextKeyType", "string"},
                                                   {"ContextKeyValues", json::array{"dev"}}}}}});
  EXPECT_NE(fitting.find(R"("EvalDecision":"allowed")"), std::string::npos) << fitting;
}

TEST_F(IamTest, caller_identity_is_what_the_key_stands_for) {
  EXPECT_EQ(
      call(sts_, root_, "GetCallerIdentity", {}),
      R"({"Arn":"arn:aws:iam::123456789012:root","UserId":"123456789012","Account":"123456789012"})");
}

TEST_F(IamTest, a_user_has_the_policies_of_its_groups) {
  const auto user = iam_.create_user_key("alice").principal;
  iam("CreateGroup", {{"GroupName", "g"}});
  iam("PutGroupPolicy", {{"GroupName", "g"}, {"PolicyName", "p"}, {"PolicyDocument", read_policy}});
  EXPECT_EQ(iam_.decide(user, {"ec2:DescribeVpcs", "*"}), Decision::implicit_deny);
  iam("AddUserToGroup", {{"GroupName", "g"}, {"UserName", "alice"}});
  EXPECT_EQ(iam_.decide(user, {"ec2:DescribeVpcs", "*"}), Decision::allowed);
  EXPECT_NE(iam("GetGroup", {{"GroupName", "g"}}).find(R"("UserName":"alice")"), std::string::npos);
  EXPECT_EQ(iam("DeleteGroup", {{"GroupName", "g"}}),
            "DeleteConflict 409: Cannot delete entity, must remove users from group first.");
  iam("RemoveUserFromGroup", {{"GroupName", "g"}, {"UserName", "alice"}});
  EXPECT_EQ(iam_.decide(user, {"ec2:DescribeVpcs", "*"}), Decision::implicit_deny);
}

TEST_F(IamTest, a_resource_policy_allows_and_denies_within_the_account) {
  const auto user = iam_.create_user_key("alice").principal;
  std::string policy;
  iam_.set_resource_policies(
      [&](const std::string& arn, const Principal&) -> std::optional<std::string> {
        if (policy.empty() || !arn.starts_with("arn:aws:s3:::b")) return std::nullopt;
        return policy;
      });
  const Access access{"s3:GetObject", "arn:aws:s3:::b/k"};
  struct Row {
    const char* principal;
    const char* effect;
    Decision user;
    Decision root;
    Decision anonymous;
  };
  using enum Decision;
  const Row rows[] = {
      {R"({"AWS":"arn:aws:iam::123456789012:user/alice"})", "Allow", allowed, allowed,
       implicit_deny},
      {R"({"AWS":"arn:aws:iam::123456789012:root"})", "Allow", implicit_deny, allowed,
       implicit_deny},
      {R"("*")", "Allow", allowed, allowed, allowed},
      {R"({"AWS":"*"})", "Allow", allowed, allowed, allowed},
      {R"({"Service":"logs.amazonaws.com"})", "Allow", implicit_deny, allowed, implicit_deny},
      {R"("*")", "Deny", explicit_deny, explicit_deny, explicit_deny},
      {R"({"AWS":"arn:aws:iam::123456789012:user/alice"})", "Deny", explicit_deny, allowed,
       implicit_deny},
  };
  for (const auto& row : rows) {
    policy = std::string(R"({"Version":"2012-10-17","Statement":{"Effect":")") + row.effect +
             R"(","Principal":)" + row.principal +
             R"(,"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}})";
    EXPECT_EQ(iam_.decide(user, access), row.user) << policy;
    EXPECT_EQ(iam_.decide(root_, access), row.root) << policy;
    EXPECT_EQ(iam_.decide({}, access), row.anonymous) << policy;
  }
  EXPECT_NE(refusal(user, access, ErrorStyle::s3).find("with an explicit deny in a resource-based"),
            std::string::npos);
}

struct ServiceRow {
  const char *principal, *source;
  bool let;
};

constexpr ServiceRow of_services[] = {
    {R"({"Service":"sns.amazonaws.com"})", "arn:aws:sns:r:1:t", true},
    {R"({"Service":["x.amazonaws.com","sns.amazonaws.com"]})", "arn:aws:sns:r:1:t", true},
    {R"({"Service":"events.amazonaws.com"})", "arn:aws:sns:r:1:t", false},
    {R"({"Service":"sns.amazonaws.com"})", "arn:aws:sns:r:1:other", false},
    {R"({"Service":"sns.amazonaws.com"})", "", false},
    {R"("*")", "arn:aws:sns:r:1:t", true},
    {R"({"AWS":"*"})", "arn:aws:sns:r:1:t", true},
    {R"({"AWS":"arn:aws:iam::123456789012:root"})", "arn:aws:sns:r:1:t", false}};

TEST_F(IamTest, a_service_does_what_a_resource_s_policy_lets_it_do_for_its_source) {
  const Access access{"sqs:SendMessage", "arn:aws:sqs:r:1:q"};
  for (const auto& row : of_services) {
    const auto policy =
        std::string(R"({"Statement":{"Effect":"Allow","Action":"SQS:Send*","Resource":"*",)"
                    R"("Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:t"},)"
                    R"("StringEquals":{"AWS:SourceAccount":"123456789012"}},"Principal":)") +
        row.principal + "}}";
    const Principal service{.kind = Principal::Kind::service,
                            .arn = "sns.amazonaws.com",
                            .role_arn = {},
                            .user_id = {},
                            .source = row.source};
    EXPECT_EQ(iam_.policy_lets(policy, service, access), row.let) << policy << row.source;
    EXPECT_FALSE(iam_.policy_lets(policy, service, {"sqs:DeleteMessage", access.resource}));
  }
  EXPECT_NO_THROW(Iam::check_policy("", "C", "m"));
  EXPECT_THROW(Iam::check_policy("{}", "C", "m"), Error);
}

TEST_F(IamTest, bucket_policies_are_checked_in_s3s_words) {
  const auto check = [&](const std::string& statement) -> std::string {
    try {
      const auto text =
          statement.starts_with("{") ? R"({"Statement":)" + statement + "}" : statement;
      return iam_.check_resource_policy(text, "arn:aws:s3:::b") ? "public" : "private";
    } catch (const Error& error) {
      return error.code + ": " + error.what();
    }
  };
  EXPECT_EQ(check("x"),
            "MalformedPolicy: Policies must be valid JSON and the first byte must be '{'");
  EXPECT_EQ(check(R"({"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b"})"),
            "MalformedPolicy: Missing required field Principal");
  EXPECT_EQ(
      check(R"({"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::c"})"),
      "MalformedPolicy: Policy has invalid resource");
  EXPECT_EQ(
      check(
          R"({"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:role/none"},"Action":"s3:*","Resource":"arn:aws:s3:::b"})"),
      "MalformedPolicy: Invalid principal in policy");
  EXPECT_EQ(
      check(R"({"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/*"})"),
      "public");
  EXPECT_EQ(
      check(
          R"({"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}})"),
      "private");
}

// facts §7: "IAM role/policy changes: tools allow 2 min"; "A fresh Lambda role can yield
// UnauthorizedOperation/AccessDenied on first calls"
TEST_F(IamTest, a_change_takes_its_time_to_reach_the_services) {
  Iam slow(context_, {{std::chrono::seconds(2), std::chrono::seconds(6)}});
  const auto ask = [&](const std::string& action, json::object input) {
    return call(slow, root_, action, std::move(input));
  };
  const auto pass = [&](base::Duration duration) {
    runtime_->run([](base::Clock& clock, base::Duration by) -> base::Task<void> {
      co_await clock.sleep_for(by);
    }(runtime_->clock(), duration));
  };
  ask("CreateRole", {{"RoleName", "r"}, {"AssumeRolePolicyDocument", lambda_trust}});
  EXPECT_THROW(slow.assume("r", "s", "lambda.amazonaws.com"), Error);
  pass(std::chrono::seconds(7));
  const auto session = slow.assume("r", "s", "lambda.amazonaws.com").principal;
  ask("PutRolePolicy", {{"RoleName", "r"}, {"PolicyName", "p"}, {"PolicyDocument", read_policy}});
  EXPECT_NE(ask("GetRolePolicy", {{"RoleName", "r"}, {"PolicyName", "p"}}).find("ec2"),
            std::string::npos);
  EXPECT_EQ(slow.decide(session, {"ec2:DescribeVpcs", "*"}), Decision::implicit_deny);
  const auto first_call = [&](const char* action, ErrorStyle style) -> std::string {
    try {
      slow.authorize(session, {{action, "*"}}, style);
      return "";
    } catch (const Error& error) {
      return error.code;
    }
  };
  struct Row {
    const char* action;
    ErrorStyle style;
    const char* code;
  };
  const Row rows[] = {{"ec2:DescribeVpcs", ErrorStyle::ec2, "UnauthorizedOperation"},
                      {"ec2:DescribeVpcs", ErrorStyle::query, "AccessDenied"}};
  for (const auto& row : rows) EXPECT_EQ(first_call(row.action, row.style), row.code);
  pass(std::chrono::seconds(7));
  for (const auto& row : rows) EXPECT_EQ(first_call(row.action, row.style), "") << row.code;
  EXPECT_EQ(slow.decide(session, {"ec2:DescribeVpcs", "*"}), Decision::allowed);
  ask("DeleteRolePolicy", {{"RoleName", "r"}, {"PolicyName", "p"}});
  EXPECT_EQ(slow.decide(session, {"ec2:DescribeVpcs", "*"}), Decision::allowed);
  pass(std::chrono::seconds(7));
  EXPECT_EQ(slow.decide(session, {"ec2:DescribeVpcs", "*"}), Decision::implicit_deny);
}

TEST_F(IamTest, session_tokens_of_users_reach_neither_iam_nor_the_rest_of_sts) {
  const auto user = iam_.create_user_key("alice").principal;
  iam("AttachUserPolicy",
      {{"UserName", "alice"}, {"PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess"}});
  const auto session = iam_.session_token(user, std::chrono::hours(1)).principal;
  EXPECT_EQ(iam_.decide(session, {"ec2:DescribeVpcs", "*"}), Decision::allowed);
  EXPECT_EQ(iam_.decide(session, {"iam:ListUsers", "*"}), Decision::implicit_deny);
  EXPECT_THROW(iam_.session_token(session, std::chrono::hours(1)), Error);
}

TEST_F(IamTest, a_trust_policy_names_only_principals_that_exist) {
  EXPECT_EQ(
      make_role(
          R"({"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:role/none"},"Action":"sts:AssumeRole"}})"),
      "MalformedPolicyDocument 400: Invalid principal in policy: "
      "\"AWS\":\"arn:aws:iam::123456789012:role/none\"");
}

TEST_F(IamTest, service_linked_roles_are_changed_by_their_service_only) {
  const auto made = iam("CreateServiceLinkedRole", {{"AWSServiceName", "ecs.amazonaws.com"}});
  EXPECT_NE(made.find("role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"),
            std::string::npos);
  EXPECT_TRUE(iam("DeleteRole", {{"RoleName", "AWSServiceRoleForECS"}})
                  .starts_with("UnmodifiableEntity 400"));
  EXPECT_NE(iam("DeleteServiceLinkedRole", {{"RoleName", "AWSServiceRoleForECS"}}).find("task/"),
            std::string::npos);
}

TEST_F(IamTest, the_account_is_told_in_one_answer) {
  make_role();
  iam("PutRolePolicy", {{"RoleName", "r"}, {"PolicyName", "p"}, {"PolicyDocument", read_policy}});
  const auto all = iam("GetAccountAuthorizationDetails", {});
  EXPECT_NE(all.find(R"("RolePolicyList":[{"PolicyName":"p")"), std::string::npos);
  const auto users = iam("GetAccountAuthorizationDetails", {{"Filter", json::array{"User"}}});
  EXPECT_NE(users.find(R"("RoleDetailList":[])"), std::string::npos);
}

}  // namespace
}  // namespace sim::iam

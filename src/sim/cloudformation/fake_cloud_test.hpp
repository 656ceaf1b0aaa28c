// A small cloud that behaves: SSM parameters, log groups, VPCs and a Lambda function that answers
// custom resources as it is told. For the engine's tests only.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "http/message.hpp"
#include "sim/cloudformation/cloudformation.hpp"

namespace sim::cloudformation {

constexpr base::Instant start_of_test{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

class FakeObjects final : public Objects {
 public:
  std::optional<std::string> get(const std::string& bucket, const std::string& key) override {
    const auto found = objects.find(bucket + "/" + key);
    if (found == objects.end()) return std::nullopt;
    return found->second;
  }
  std::string presign_put(const std::string& bucket, const std::string& key,
                          base::Duration) override {
    return fmt::format("https://{}.s3.amazonaws.com/{}?signed", bucket, http::percent_encode(key));
  }
  base::Signal& changed() override { return changed_; }

  // As the PUT of a presigned URL does.
  void put(const std::string& url, std::string body) {
    const auto parsed = http::Url::parse(url);
    const auto bucket = parsed.host.substr(0, parsed.host.find('.'));
    objects[bucket + http::percent_decode(parsed.path())] = std::move(body);
    changed_.notify();
  }

  std::map<std::string, std::string> objects;

 private:
  base::Signal changed_;
};

class FakeCloud final : public Caller {
 public:
  FakeCloud(base::Runtime& runtime, FakeObjects& objects) : runtime_(runtime), objects_(objects) {}

  Task<json::object> call(Principal principal, std::string service, std::string action,
                          json::object input) override {
    co_await runtime_.clock().sleep_for(std::chrono::milliseconds(50));
    calls.push_back(service + ":" + action + " " + subject(input));
    principals.push_back(principal.arn);
    if (const auto refusal = refusals.find(action + " " + subject(input));
        refusal != refusals.end()) {
      throw refusal->second;
    }
    co_return answer(service, action, std::move(input));
  }

  // What a function answers after `delay`: StackId, RequestId and LogicalResourceId are filled in
  // where the body is an object that lacks them.
  struct Reply {
    std::string body = R"({"Status":"SUCCESS","PhysicalResourceId":"custom-1"})";
    base::Duration delay = std::chrono::seconds(10);
    bool silent = false;
    std::size_t padded_to = 0;  // bytes: by a Reason
    std::string second = {};    // another answer, a second later
    std::string then = {};      // the body of the next answer
  };
  std::map<std::string, Reply> replies;   // by request type
  std::vector<json::object> events;       // what the function was sent
  std::map<std::string, Error> refusals;  // by "Action subject"
  std::map<std::string, std::string> parameters{
      {"/aws/service/ami-amazon-linux-latest/test", "ami-1"}};
  std::set<std::string> secure;  // names of parameters that are secure strings
  std::map<std::string, std::string> secrets;
  std::function<json::object(const json::object& event)> macro;  // what Invoke answers
  std::vector<json::object> macro_events;
  std::set<std::string> groups;
  std::vector<std::string> calls, principals;
  std::vector<std::string> log_lines;  // "writer group message"

 private:
  static std::string subject(const json::object& input) {
    for (const auto* name : {"Name", "logGroupName", "FunctionName", "CidrBlock", "VpcId",
                             "AllocationId", "RoleName", "SecretId"}) {
      if (input.contains(name)) return at(input, name);
    }
    return {};
  }

  json::object answer(const std::string& service, const std::string& action, json::object input) {
    const std::string key = service + ":" + action;
    if (key == "ssm:PutParameter") {
      if (!input.contains("Overwrite") && parameters.contains(at(input, "Name"))) {
        throw Error("ParameterAlreadyExists", "The parameter already exists.");
      }
      parameters[at(input, "Name")] = at(input, "Value");
      return {};
    }
    if (key == "ssm:DeleteParameter") {
      if (parameters.erase(at(input, "Name")) == 0) throw Error("ParameterNotFound", "");
      return {};
    }
    if (key == "ssm:GetParameter") {
      const auto known = parameters.find(at(input, "Name"));
      if (known == parameters.end()) throw Error("ParameterNotFound", "");
      return {{"Parameter",
               json::object{{"Name", known->first}, {"Type", "String"}, {"Value", known->second}}}};
    }
    if (key == "ssm:GetParameters") {
      json::array found;
      for (const auto& name : input.at("Names").as_array()) {
        const auto known = parameters.find(std::string(name.as_string()));
        if (known != parameters.end()) {
          found.push_back(
              json::object{{"Name", known->first},
                           {"Type", secure.contains(known->first) ? "SecureString" : "String"},
                           {"Value", known->second}});
        }
      }
      json::object output;
      output["Parameters"] = std::move(found);
      return output;
    }
    if (key == "logs:CreateLogGroup") {
      groups.insert(at(input, "logGroupName"));
      return {};
    }
    if (key == "logs:DeleteLogGroup") {
      if (groups.erase(at(input, "logGroupName")) == 0) {
        throw Error("ResourceNotFoundException", "The specified log group does not exist.");
      }
      return {};
    }
    if (key == "iam:GetRole") {
      json::object role{{"RoleId", "AROA1"}};
      role["AssumeRolePolicyDocument"] = "cloudformation.amazonaws.com";
      return {{"Role", std::move(role)}};
    }
    if (key == "logs:CreateLogStream") return {};
    if (key == "logs:PutLogEvents") {
      log_lines.push_back(principals.back() + " " + at(input, "logGroupName") + " " +
                          at(input, "logEvents.0.message"));
      return {};
    }
    if (key == "ec2:CreateVpc") {
      return {{"vpc", json::object{{"vpcId", fmt::format("vpc-{}", ++vpcs_)}}}};
    }
    if (key == "ec2:CreateTags" || key == "ec2:DeleteVpc" || key == "ec2:DeleteTags") return {};
    if (key == "secretsmanager:GetSecretValue") {
      const auto known = secrets.find(at(input, "SecretId"));
      if (known == secrets.end()) {
        throw Error("ResourceNotFoundException",
                    "Secrets Manager can't find the specified secret.");
      }
      return {{"SecretString", known->second}};
    }
    if (key == "lambda:Invoke" && at(input, "InvocationType") == "RequestResponse") {
      macro_events.push_back(json::parse(at(input, "Payload")).as_object());
      return macro(macro_events.back());
    }
    if (key == "lambda:Invoke") {
      json::object event = json::parse(at(input, "Payload")).as_object();
      events.push_back(event);
      Reply& reply = replies[at(event, "RequestType")];
      if (!reply.silent) runtime_.spawn(respond(event, reply));
      if (!reply.then.empty()) reply.body = std::exchange(reply.then, {});
      return {{"StatusCode", 202}};
    }
    if (key == "s3:GetObject") {
      auto text = objects_.get(at(input, "Bucket"), at(input, "Key"));
      if (!text) throw Error("NoSuchKey", "The specified key does not exist.", 404);
      json::object output;
      output["Body"] = std::move(*text);
      return output;
    }
    throw Error("NotImplemented", "The fake has no " + key, 501);
  }

  Task<void> respond(json::object event, Reply reply) {
    co_await runtime_.clock().sleep_for(reply.delay);
    objects_.put(at(event, "ResponseURL"), filled(event, reply.body, reply.padded_to));
    if (reply.second.empty()) co_return;
    co_await runtime_.clock().sleep_for(std::chrono::seconds(1));
    objects_.put(at(event, "ResponseURL"), filled(event, reply.second, 0));
  }

  static std::string filled(const json::object& event, const std::string& body,
                            std::size_t padded_to) {
    boost::system::error_code malformed;
    json::value answer = json::parse(body, malformed);
    if (malformed || !answer.is_object()) return body;
    json::object& members = answer.as_object();
    for (const auto* name : {"StackId", "RequestId", "LogicalResourceId"}) {
      if (!members.contains(name)) members[name] = event.at(name);
    }
    if (padded_to > 0) {
      members["Reason"] = "";
      members["Reason"] = std::string(padded_to - json::serialize(members).size(), 'x');
    }
    return json::serialize(members);
  }

  base::Runtime& runtime_;
  FakeObjects& objects_;
  int vpcs_ = 0;
};

class Stacks : public testing::Test {
 protected:
  explicit Stacks(std::string region = "ap-northeast-1")
      : runtime_(base::virtual_runtime(start_of_test)),
        objects_(std::make_unique<FakeObjects>()),
        s3_(*objects_),
        cloud_(*runtime_, s3_),
        service_(Context{.runtime = *runtime_, .region = std::move(region)}, cloud_,
                 std::move(objects_)) {}

  json::object call(const std::string& action, json::object input) {
    json::object output;
    Call made{.caller = {.kind = Principal::Kind::root,
                         .arn = "arn:aws:iam::123456789012:root",
                         .role_arn = {},
                         .user_id = {}},
              .service = "cloudformation",
              .action = action,
              .input = std::move(input),
              .request_id = "r"};
    runtime_->run(run(service_.operations().at(action), std::move(made), output));
    return output;
  }

  // "" or "Code: message".
  std::string refusal(const std::string& action, json::object input) {
    try {
      call(action, std::move(input));
      return {};
    } catch (const Error& error) {
      return error.code + ": " + error.what();
    }
  }

  // Until no operation is under way; the status then.
  std::string settle(const std::string& name) {
    runtime_->run(wait(*service_.engine().find(name)));
    return service_.engine().find(name)->status;
  }

  std::string create(const std::string& text, json::object more = {}) {
    more["StackName"] = "s";
    more["TemplateBody"] = text;
    call("CreateStack", std::move(more));
    id_ = service_.engine().find("s")->id;
    return settle(id_);
  }

  std::string update(const std::string& text) {
    call("UpdateStack", {{"StackName", "s"}, {"TemplateBody", text}});
    return settle(id_);
  }

  void pass(base::Duration time) {
    runtime_->run([](base::Clock& clock, base::Duration amount) -> Task<void> {
      co_await clock.sleep_for(amount);
    }(runtime_->clock(), time));
  }

  // "A CREATE_COMPLETE", with " (reason)", oldest first.
  std::vector<std::string> events(const std::string& name) {
    std::vector<std::string> result;
    for (const auto& event : service_.engine().find(name)->events) {
      std::string line = event.logical_id + " " + event.status;
      if (!event.reason.empty()) line += " (" + event.reason + ")";
      result.push_back(std::move(line));
    }
    return result;
  }

  std::string reason(const std::string& logical_id) {
    return service_.engine().find(id_)->resources.at(logical_id).reason;
  }
  // Of the last event of that status.
  std::string reason_of(const std::string& logical_id, const std::string& status) {
    std::string found;
    for (const auto& event : service_.engine().find(id_)->events) {
      if (event.logical_id == logical_id && event.status == status) found = event.reason;
    }
    return found;
  }

  std::unique_ptr<base::Runtime> runtime_;
  std::unique_ptr<FakeObjects> objects_;
  FakeObjects& s3_;
  FakeCloud cloud_;
  CloudFormation service_;
  std::string id_;

 private:
  static Task<void> run(const Operation& operation, Call call, json::object& output) {
    output = co_await operation.run(std::move(call));
  }
  static Task<void> wait(Stack& stack) {
    while (stack.busy()) co_await stack.changed.wait();
  }
};

}  // namespace sim::cloudformation

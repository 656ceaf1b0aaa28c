#include "sim/cloudformation/drift_details.hpp"

#include <boost/json.hpp>

#include "http/message.hpp"

namespace sim::cloudformation {

namespace {

// Security groups ---------------------------------------------------------------------------------

// As the template writes protocols, by name or by number.
std::string protocol_as_in(const json::value& written, const std::string& name) {
  for (const auto& [known, number] :
       {std::pair{"icmp", "1"}, std::pair{"tcp", "6"}, std::pair{"udp", "17"}}) {
    if (name != known || !written.is_array()) continue;
    for (const auto& rule : written.get_array()) {
      if (at(rule, "IpProtocol") == number) return number;
    }
  }
  return name;
}

// A permission holds all peers of the same ports; in a template, each is a rule.
void add_rules(const json::value& permission, const json::value& written, bool egress,
               json::array& rules) {
  json::object base{{"IpProtocol", protocol_as_in(written, at(permission, "ipProtocol"))}};
  for (const auto& [member, property] : {std::pair{"fromPort", "FromPort"}, {"toPort", "ToPort"}}) {
    const std::string port = at(permission, member);
    base[property] = port.empty() ? "-1" : port;
  }
  const char* group = egress ? "DestinationSecurityGroupId" : "SourceSecurityGroupId";
  const char* list = egress ? "DestinationPrefixListId" : "SourcePrefixListId";
  struct Peers {
    const char *where, *member, *property;
  };
  for (const auto& [where, member, property] :
       {Peers{"ipRanges", "cidrIp", "CidrIp"}, Peers{"ipv6Ranges", "cidrIpv6", "CidrIpv6"},
        Peers{"groups", "groupId", group}, Peers{"prefixListIds", "prefixListId", list}}) {
    const auto* peers = find(permission, where);
    if (peers == nullptr || !peers->is_array()) continue;
    for (const auto& peer : peers->get_array()) {
      json::object rule = base;
      rule[property] = at(peer, member);
      if (const auto text = at(peer, "description"); !text.empty()) rule["Description"] = text;
      rules.push_back(std::move(rule));
    }
  }
}

// Rules that stand in the template as resources of their own show up as added: AWS advises against
// having both.
Task<void> read_rules(Work& work, json::object& actual) {
  const auto answer =
      co_await work.call("ec2", "DescribeSecurityGroups", {{"GroupId", json::array{work.id}}});
  for (const auto& [property, member, egress] :
       {std::tuple{"SecurityGroupIngress", "ipPermissions", false},
        std::tuple{"SecurityGroupEgress", "ipPermissionsEgress", true}}) {
    const auto* written = work.properties.if_contains(property);
    const auto* permissions = find(answer, std::string("securityGroupInfo.0.") + member);
    if (written == nullptr) continue;
    json::array rules;
    if (permissions != nullptr && permissions->is_array()) {
      for (const auto& one : permissions->get_array()) add_rules(one, *written, egress, rules);
    }
    actual[property] = std::move(rules);
  }
}

// VPCs --------------------------------------------------------------------------------------------

Task<void> read_vpc_flags(Work& work, json::object& actual) {
  for (const auto& [property, attribute] :
       {std::pair{"EnableDnsSupport", "enableDnsSupport"},
        std::pair{"EnableDnsHostnames", "enableDnsHostnames"}}) {
    if (!work.has(property)) continue;
    const auto answer = co_await work.call("ec2", "DescribeVpcAttribute",
                                           {{"VpcId", work.id}, {"Attribute", attribute}});
    actual[property] = at(answer, std::string(attribute) + ".value");
  }
}

// Roles -------------------------------------------------------------------------------------------

Task<json::value> inline_policy(Work& work, std::string name) {
  const auto answer =
      co_await work.call("iam", "GetRolePolicy", {{"RoleName", work.id}, {"PolicyName", name}});
  boost::system::error_code malformed;
  const auto text = http::percent_decode(at(answer, "PolicyDocument"));
  json::object policy{{"PolicyName", name}};
  policy["PolicyDocument"] = json::parse(text, malformed);
  co_return json::value(std::move(policy));
}

// [I] Only those that the template names: others may be AWS::IAM::Policy resources.
Task<void> read_role_policies(Work& work, json::object& actual) {
  if (const auto* written = work.properties.if_contains("Policies"); written != nullptr) {
    const auto answer = co_await work.call("iam", "ListRolePolicies", {{"RoleName", work.id}});
    const auto* names = find(answer, "PolicyNames");
    json::array policies;
    for (const auto& one : written->is_array() ? written->get_array() : json::array()) {
      const json::value name(at(one, "PolicyName"));
      if (names == nullptr || !names->is_array()) continue;
      if (std::ranges::find(names->get_array(), name) == names->get_array().end()) continue;
      policies.push_back(co_await inline_policy(work, at(one, "PolicyName")));
    }
    actual["Policies"] = std::move(policies);
  }
  if (!work.has("ManagedPolicyArns")) co_return;
  const auto answer =
      co_await work.call("iam", "ListAttachedRolePolicies", {{"RoleName", work.id}});
  json::array arns;
  if (const auto* list = find(answer, "AttachedPolicies"); list != nullptr && list->is_array()) {
    for (const auto& one : list->get_array()) arns.emplace_back(at(one, "PolicyArn"));
  }
  actual["ManagedPolicyArns"] = std::move(arns);
}

// Queues ------------------------------------------------------------------------------------------

Task<void> read_queue(Work& work, json::object& actual) {
  const auto answer = co_await work.call(
      "sqs", "GetQueueAttributes", {{"QueueUrl", work.id}, {"AttributeNames", json::array{"All"}}});
  const std::pair<const char*, const char*> properties[] = {
      {"DelaySeconds", "DelaySeconds"},
      {"MaximumMessageSize", "MaximumMessageSize"},
      {"MessageRetentionPeriod", "MessageRetentionPeriod"},
      {"ReceiveMessageWaitTimeSeconds", "ReceiveMessageWaitTimeSeconds"},
      {"VisibilityTimeout", "VisibilityTimeout"}};
  for (const auto& [property, attribute] : properties) {
    if (work.has(property)) actual[property] = at(answer, std::string("Attributes.") + attribute);
  }
}

// Buckets -----------------------------------------------------------------------------------------

Task<void> read_bucket(Work& work, json::object& actual) {
  const json::object who{{"Bucket", work.id}};
  if (work.has("VersioningConfiguration")) {
    const auto answer = co_await work.call("s3", "GetBucketVersioning", who);
    actual["VersioningConfiguration"] = json::object{{"Status", at(answer, "Status")}};
  }
  if (work.has("PublicAccessBlockConfiguration")) {
    json::value block;
    try {
      const auto answer = co_await work.call("s3", "GetPublicAccessBlock", who);
      const auto* found = find(answer, "PublicAccessBlockConfiguration");
      block = found == nullptr ? json::value(answer) : *found;
    } catch (const Error& error) {
      if (error.code != "NoSuchPublicAccessBlockConfiguration") throw;
    }
    actual["PublicAccessBlockConfiguration"] = std::move(block);
  }
}

}  // namespace

Details details_of(std::string_view type) {
  if (type == "AWS::EC2::SecurityGroup") return read_rules;
  if (type == "AWS::EC2::VPC") return read_vpc_flags;
  if (type == "AWS::IAM::Role") return read_role_policies;
  if (type == "AWS::SQS::Queue") return read_queue;
  if (type == "AWS::S3::Bucket") return read_bucket;
  return nullptr;
}

}  // namespace sim::cloudformation

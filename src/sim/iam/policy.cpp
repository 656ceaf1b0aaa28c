#include "sim/iam/policy.hpp"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <set>

#include "sim/core/call.hpp"

namespace sim::iam {

namespace {

[[noreturn]] void malformed(const std::string& message) {
  throw Error("MalformedPolicyDocument", message);
}

[[noreturn]] void syntax_error() {
  malformed("Syntax errors in policy.");
}

std::string scalar_text(const json::value& value) {
  if (const auto* text = value.if_string()) return std::string(*text);
  if (const auto* flag = value.if_bool()) return *flag ? "true" : "false";
  if (value.is_number()) return json::serialize(value);
  syntax_error();
}

// "x" and ["x", "y"] are both lists.
std::vector<std::string> texts(const json::value& value) {
  std::vector<std::string> out;
  if (const auto* list = value.if_array()) {
    for (const auto& item : *list) out.push_back(scalar_text(item));
  } else {
    out.push_back(scalar_text(value));
  }
  return out;
}

void check_action(const std::string& action, PolicyUse use) {
  if (action == "*" && use != PolicyUse::trust) return;
  const auto colon = action.find(':');
  if (colon == std::string::npos || colon == 0) {
    malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  }
  if (colon + 1 == action.size()) malformed("Action vendors and names must not be empty.");
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '*' ||
           c == '?' || c == '-' || c == '_' || c == ':' || c == '.';
  };
  if (!std::ranges::all_of(action, allowed)) {
    malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  }
  if (use == PolicyUse::trust && !lower_case(action).starts_with("sts:")) {
    malformed("AssumeRole policy may only specify STS AssumeRole actions.");
  }
}

void check_resource(const std::string& resource) {
  if (resource == "*") return;
  if (std::ranges::count(resource, ':') < 5 || !resource.starts_with("arn:")) {
    // A wildcard may stand for the rest: "arn:aws:s3*".
    if (resource.starts_with("arn:") && resource.ends_with("*")) return;
    malformed("Resource " + resource + " must be in ARN format or \"*\".");
  }
}

void check_principal(const PrincipalElement& principal) {
  static const std::set<std::string, std::less<>> types = {"AWS", "Service", "Federated",
                                                           "CanonicalUser"};
  if (!types.contains(principal.type)) syntax_error();
  const auto invalid = [&] {
    malformed("Invalid principal in policy: \"" + principal.type + "\":\"" + principal.value +
              "\"");
  };
  if (principal.type == "Service" && principal.value.find('.') == std::string::npos) invalid();
  if (principal.type == "AWS" && principal.value != "*") {
    const bool account = principal.value.size() == 12 &&
                         principal.value.find_first_not_of("0123456789") == std::string::npos;
    if (!account && !principal.value.starts_with("arn:")) invalid();
  }
}

std::vector<PrincipalElement> principals(const json::value& value) {
  if (value.is_string()) {
    if (value.as_string() != "*") syntax_error();
    return {{"*", "*"}};
  }
  const auto* members = value.if_object();
  if (members == nullptr || members->empty()) syntax_error();
  std::vector<PrincipalElement> out;
  for (const auto& [type, names] : *members) {
    for (auto& name : texts(names)) {
      out.push_back({std::string(type), std::move(name)});
      check_principal(out.back());
    }
  }
  return out;
}

std::vector<Condition> conditions(const json::value& value) {
  const auto* operators = value.if_object();
  if (operators == nullptr) syntax_error();
  std::vector<Condition> out;
  for (const auto& [name, tests] : *operators) {
    const auto parsed = condition_operator(name);
    if (!parsed) malformed("Invalid Condition type : " + std::string(name) + ".");
    const auto* keys = tests.if_object();
    if (keys == nullptr) syntax_error();
    for (const auto& [key, values] : *keys) {
      if (key.find(':') == json::string_view::npos) {
        malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
      }
      out.push_back(*parsed);
      out.back().key = key;
      out.back().values = texts(values);
    }
  }
  return out;
}

// "Action" or "NotAction": exactly one. True when it was the negated one.
bool either(const json::object& members, const char* plain, const char* negated,
            const char* missing, std::vector<std::string>& out) {
  const auto* yes = members.if_contains(plain);
  const auto* no = members.if_contains(negated);
  if (yes != nullptr && no != nullptr) syntax_error();
  if (yes == nullptr && no == nullptr) malformed(missing);
  out = texts(yes != nullptr ? *yes : *no);
  if (out.empty()) malformed(missing);
  return no != nullptr;
}

void parse_principal(const json::object& members, PolicyUse use, Statement& out) {
  const auto* yes = members.if_contains("Principal");
  const auto* no = members.if_contains("NotPrincipal");
  if (use == PolicyUse::identity) {
    if (yes != nullptr || no != nullptr) {
      malformed("Policy document should not specify a principal.");
    }
    return;
  }
  if (yes != nullptr && no != nullptr) syntax_error();
  if (yes == nullptr && no == nullptr) malformed("Missing required field Principal");
  out.principals = principals(yes != nullptr ? *yes : *no);
  out.not_principals = no != nullptr;
}

Statement parse_statement(const json::value& value, PolicyUse use) {
  static const std::set<std::string, std::less<>> known = {
      "Sid",         "Effect",    "Action",       "NotAction", "Resource",
      "NotResource", "Principal", "NotPrincipal", "Condition"};
  const auto* members = value.if_object();
  if (members == nullptr) syntax_error();
  for (const auto& member : *members) {
    if (!known.contains(std::string_view(member.key()))) syntax_error();
  }
  Statement out;
  if (const auto* sid = members->if_contains("Sid")) {
    if (!sid->is_string()) syntax_error();
    out.sid = sid->as_string();
  }
  const auto* effect = members->if_contains("Effect");
  if (effect == nullptr || !effect->is_string()) syntax_error();
  if (effect->as_string() != "Allow" && effect->as_string() != "Deny") syntax_error();
  out.allow = effect->as_string() == "Allow";
  parse_principal(*members, use, out);
  out.not_actions = either(*members, "Action", "NotAction",
                           "Policy statement must contain actions.", out.actions);
  for (const auto& action : out.actions) check_action(action, use);
  if (use != PolicyUse::trust) {
    out.not_resources = either(*members, "Resource", "NotResource",
                               "Policy statement must contain resources.", out.resources);
    for (const auto& resource : out.resources) check_resource(resource);
  } else if (members->contains("Resource") || members->contains("NotResource")) {
    malformed("Has prohibited field Resource");
  }
  if (const auto* condition = members->if_contains("Condition")) {
    out.conditions = conditions(*condition);
  }
  return out;
}

void check_sids(const std::vector<Statement>& statements, PolicyUse use) {
  const auto simple = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  std::set<std::string> seen;
  for (const auto& statement : statements) {
    if (statement.sid.empty()) continue;
    if (use == PolicyUse::identity && !std::ranges::all_of(statement.sid, simple)) {
      malformed(
          "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the "
          "regular expression [0-9A-Za-z]*");
    }
    if (!seen.insert(statement.sid).second) {
      malformed("Statement IDs (SID) in a single policy must be unique.");
    }
  }
}

void add_variables(const std::string& text, std::set<std::string>& keys) {
  for (auto at = text.find("${"); at != std::string::npos; at = text.find("${", at + 1)) {
    const auto close = text.find('}', at);
    if (close == std::string::npos) return;
    auto name = text.substr(at + 2, close - at - 2);
    name = name.substr(0, name.find(','));
    if (name.find(':') != std::string::npos) keys.insert(name);
  }
}

// Conditions on these leave a policy open to nobody in particular.
bool narrows(const Condition& condition) {
  static const std::set<std::string, std::less<>> keys = {
      "aws:sourceip",
      "aws:sourcearn",
      "aws:sourcevpc",
      "aws:sourcevpce",
      "aws:sourceowner",
      "aws:sourceaccount",
      "aws:userid",
      "aws:principalorgid",
      "aws:principalarn",
      "aws:principalaccount",
      "s3:x-amz-server-side-encryption-aws-kms-key-id",
      "s3:dataaccesspointarn",
      "s3:dataaccesspointaccount"};
  if (!keys.contains(lower_case(condition.key)) || condition.negated) return false;
  return std::ranges::none_of(condition.values, [](const std::string& value) {
    return value == "*" || value == "0.0.0.0/0" || value == "::/0";
  });
}

}  // namespace

Policy parse_policy(std::string_view text, PolicyUse use) {
  json::error_code failure;
  const auto parsed = json::parse(text, failure);
  if (failure) malformed("This policy contains invalid Json");
  const auto* members = parsed.if_object();
  if (members == nullptr) syntax_error();
  Policy policy;
  policy.text = text;
  policy.variables = Variables::kept;  // without a Version it is 2008-10-17
  for (const auto& [name, value] : *members) {
    if (name == "Version") {
      if (value != "2012-10-17" && value != "2008-10-17") {
        malformed("The policy must contain a valid version string.");
      }
      if (value == "2012-10-17") policy.variables = Variables::expanded;
    } else if (name == "Id") {
      if (!value.is_string()) syntax_error();
    } else if (name != "Statement") {
      syntax_error();
    }
  }
  const auto* statements = members->if_contains("Statement");
  if (statements == nullptr) syntax_error();
  if (const auto* list = statements->if_array()) {
    if (list->empty()) syntax_error();
    for (const auto& statement : *list)
      policy.statements.push_back(parse_statement(statement, use));
  } else {
    policy.statements.push_back(parse_statement(*statements, use));
  }
  check_sids(policy.statements, use);
  return policy;
}

std::vector<Span> statement_spans(std::string_view text) {
  std::vector<Span> spans;
  Position at;
  int depth = 0;
  bool in_string = false;
  std::string last;        // the string before the current character
  bool statement = false;  // within the value of "Statement"
  int statement_depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i, ++at.column) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
        ++at.column;
      } else if (c == '"') {
        in_string = false;
      } else {
        last += c;
      }
    } else if (c == '"') {
      in_string = true;
      last.clear();
    } else if (c == ':' && depth == 1) {
      statement = last == "Statement";
      statement_depth = depth;
    } else if (c == '[') {
      if (statement && depth == statement_depth)
        statement_depth = ++depth;
      else
        ++depth;
    } else if (c == '{') {
      if (statement && depth == statement_depth) spans.push_back({at, at});
      ++depth;
    } else if (c == ']' || c == '}') {
      --depth;
      if (c == '}' && statement && depth == statement_depth && !spans.empty()) {
        spans.back().end = {at.line, at.column + 1};
      }
    }
    if (c == '\n') at = {at.line + 1, 0};
  }
  return spans;
}

std::vector<std::string> context_keys(const Policy& policy) {
  std::set<std::string> keys;
  for (const auto& statement : policy.statements) {
    for (const auto& resource : statement.resources) add_variables(resource, keys);
    for (const auto& condition : statement.conditions) {
      keys.insert(condition.key);
      for (const auto& value : condition.values) add_variables(value, keys);
    }
  }
  return {keys.begin(), keys.end()};
}

bool is_public(const Policy& policy) {
  return std::ranges::any_of(policy.statements, [](const Statement& statement) {
    if (!statement.allow) return false;
    const bool anybody =
        statement.not_principals ||
        std::ranges::any_of(statement.principals, [](const PrincipalElement& principal) {
          return principal.value == "*";
        });
    return anybody && std::ranges::none_of(statement.conditions, narrows);
  });
}

}  // namespace sim::iam

#include "templates/resolve.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <set>

#include "base/contains.hpp"
#include "templates/functions.hpp"
#include "templates/limits.hpp"
#include "templates/parameters.hpp"
#include "templates/sub.hpp"
#include "templates/text.hpp"

namespace templates {

namespace {

using Maybe = std::optional<json::value>;

// Conditions may name each other in a long row; a row longer than this is an attack.
constexpr int max_nesting = 400;

bool scalar(const json::value& value) {
  return !value.is_structured() && !value.is_null();
}

// About what it takes in a text.
std::size_t weight_of(const json::value& value) {
  if (const auto* text = value.if_string()) return text->size();
  std::size_t size = 1;
  if (const auto* list = value.if_array()) {
    for (const auto& one : *list) size += 1 + weight_of(one);
  } else if (const auto* object = value.if_object()) {
    for (const auto& member : *object) size += member.key().size() + weight_of(member.value());
  }
  return size;
}

class Nesting {
 public:
  explicit Nesting(int& depth) : depth_(depth) {
    if (++depth_ > max_nesting) {
      --depth_;
      throw ResolveError("Template error: functions and conditions are nested too deeply");
    }
  }
  ~Nesting() { --depth_; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;

 private:
  int& depth_;
};

class Resolver {
 public:
  explicit Resolver(const Scope& scope) : scope_(scope) {}

  Maybe value(const json::value& source) {
    const Nesting nesting(depth_);
    spend(1);
    if (const auto* array = source.if_array()) {
      json::array result;
      result.reserve(array->size());
      for (const auto& one : *array) {
        if (auto resolved = value(one)) result.push_back(std::move(*resolved));
      }
      return json::value(std::move(result));
    }
    const auto* object = source.if_object();
    if (object == nullptr) return counted(source);
    if (object->size() == 1) {
      const auto& [key, inner] = *object->begin();
      if (key == "Ref" && inner.is_string()) return counted(ref(std::string(inner.as_string())));
      if (key.starts_with("Fn::")) return counted(function(key, inner));
    }
    json::object result;
    result.reserve(object->size());
    for (const auto& member : *object) {
      if (auto resolved = value(member.value())) result[member.key()] = std::move(*resolved);
    }
    return json::value(std::move(result));
  }

  // The expression of a condition or of a rule.
  bool truth(const json::value& source) {
    const Nesting nesting(depth_);
    const auto* object = source.if_object();
    if (object == nullptr || object->size() != 1) {
      throw ResolveError("Template error: every condition must be a condition function");
    }
    const auto& [key, inner] = *object->begin();
    if (key == "Condition" && inner.is_string()) return named(std::string(inner.as_string()));
    if (key == "Fn::Contains" || key == "Fn::EachMemberEquals" || key == "Fn::EachMemberIn") {
      return membership(key, inner);
    }
    const auto* list = inner.if_array();
    const std::size_t size = list == nullptr ? 0 : list->size();
    if (key == "Fn::Equals") {
      if (size != 2) throw ResolveError(std::string(functions::equals_form));
      return same((*list)[0], (*list)[1]);
    }
    if (key == "Fn::Not") {
      if (size != 1) throw ResolveError(std::string(functions::not_form));
      return !truth((*list)[0]);
    }
    if (key == "Fn::And" || key == "Fn::Or") {
      if (size < 2 || size > 10) throw ResolveError(functions::boolean_form(key));
      const bool all = key == "Fn::And";
      for (const auto& one : *list) {
        if (truth(one) != all) return !all;
      }
      return all;
    }
    throw ResolveError(
        fmt::format("Template error: {} is no condition function", std::string_view(key)));
  }

  bool named(const std::string& name) {
    if (const auto known = scope_.conditions.find(name); known != scope_.conditions.end()) {
      return known->second;
    }
    if (const auto known = found_.find(name); known != found_.end()) return known->second;
    const auto* expression = scope_.source.conditions.if_contains(name);
    if (expression == nullptr) {
      throw ResolveError(fmt::format("Template error: unresolved condition dependency {}", name));
    }
    if (!open_.insert(name).second) {
      throw ResolveError(fmt::format("Template error: circular condition dependency {}", name));
    }
    const bool result = truth(*expression);
    open_.erase(name);
    found_[name] = result;
    return result;
  }

 private:
  // Functions within each other multiply what they are given: a few lines can ask for more than
  // there is room for.
  void spend(std::size_t bytes) {
    spent_ += bytes;
    if (spent_ > max_result_bytes) {
      throw ResolveError("Template error: the result of the functions is too large");
    }
  }

  Maybe counted(Maybe result) {
    if (result) spend(weight_of(*result));
    return result;
  }

  bool same(const json::value& a, const json::value& b) {
    const auto left = value(a);
    const auto right = value(b);
    if (!left || !right) return left.has_value() == right.has_value();
    return text_of(*left) == text_of(*right);
  }

  // Contains [list, value], EachMemberEquals [list, value], EachMemberIn [list, list].
  bool membership(std::string_view key, const json::value& source) {
    const auto& pair = arguments(source, 2, 2, functions::rule_form);
    const auto members = texts(needed(pair[0], key));
    const auto wanted = texts(needed(pair[1], key));
    if (key == "Fn::Contains") {
      return std::ranges::any_of(members,
                                 [&](const auto& one) { return base::contains(wanted, one); });
    }
    return std::ranges::all_of(members,
                               [&](const auto& one) { return base::contains(wanted, one); });
  }

  static std::vector<std::string> texts(const json::value& value) {
    std::vector<std::string> result;
    if (const auto* list = value.if_array()) {
      for (const auto& one : *list) result.push_back(text_of(one));
    } else {
      result.push_back(text_of(value));
    }
    return result;
  }

  Maybe ref(const std::string& name) {
    if (name == "AWS::NoValue") return std::nullopt;
    if (const auto known = scope_.values.find(name); known != scope_.values.end()) {
      return known->second;
    }
    if (!scope_.ref)
      throw ResolveError(fmt::format("Template error: {} cannot be used here", name));
    return scope_.ref(name);
  }

  json::value needed(const json::value& source, std::string_view function_name) {
    auto result = value(source);
    if (!result) {
      throw ResolveError(fmt::format("Template error: {} cannot use AWS::NoValue", function_name));
    }
    return std::move(*result);
  }

  // A string; `complaint` when it is none.
  std::string text(const json::value& source, std::string_view complaint) {
    const auto result = value(source);
    if (!result || !scalar(*result)) throw ResolveError(std::string(complaint));
    return text_of(*result);
  }

  const json::array& arguments(const json::value& source, std::size_t least, std::size_t most,
                               std::string_view complaint) {
    const auto* list = source.if_array();
    if (list == nullptr || list->size() < least || list->size() > most) {
      throw ResolveError(std::string(complaint));
    }
    return *list;
  }

  Maybe function(std::string_view name, const json::value& source) {
    if (name == "Fn::If") {
      const auto& list = arguments(source, 3, 3, functions::if_form);
      if (!list[0].is_string()) throw ResolveError(std::string(functions::if_condition));
      return value(list[named(std::string(list[0].as_string())) ? 1 : 2]);
    }
    if (name == "Fn::GetAtt") return get_att(source);
    if (name == "Fn::Sub") return json::value(sub(source));
    if (name == "Fn::FindInMap") return find_in_map(source);
    if (name == "Fn::Base64") {
      return json::value(functions::base64(text(source, functions::base64_form)));
    }
    if (name == "Fn::GetAZs") return zones(text(source, functions::zones_form));
    if (name == "Fn::ImportValue") {
      const std::string exported = text(source, functions::import_form);
      const auto found = scope_.import_value ? scope_.import_value(exported) : std::nullopt;
      if (!found) throw ResolveError(fmt::format("No export named {} found.", exported));
      return json::value(*found);
    }
    if (name == "Fn::GetStackOutput") return stack_output(source);
    if (name == "Fn::RefAll" || name == "Fn::ValueOf" || name == "Fn::ValueOfAll") {
      return of_parameters(name, source);
    }
    if (is_boolean_function(name)) {
      json::object expression;
      expression[name] = source;
      return json::value(truth(expression));
    }
    return of_list(name, source);
  }

  Maybe stack_output(const json::value& source) {
    const auto* members = source.if_object();
    if (members == nullptr || !scope_.stack_output) {
      throw ResolveError(std::string(functions::output_form));
    }
    const auto member = [&](std::string_view name) {
      const auto* given = members->if_contains(name);
      return given == nullptr ? std::string() : text(*given, functions::output_form);
    };
    return scope_.stack_output(
        {member("StackName"), member("OutputName"), member("Region"), member("RoleArn")});
  }

  Maybe of_list(std::string_view name, const json::value& source) {
    if (name == "Fn::Join") {
      const auto& pair = arguments(source, 2, 2, functions::join_form);
      const auto list = needed(pair[1], name);
      if (list.is_array()) spend(weight_of(pair[0]) * list.get_array().size());
      return json::value(functions::join(pair[0], list));
    }
    if (name == "Fn::Select") {
      const auto& pair = arguments(source, 1, 100, functions::select_index);
      if (pair.size() != 2) throw ResolveError(std::string(functions::select_form));
      return functions::select(needed(pair[0], name), needed(pair[1], name));
    }
    if (name == "Fn::Split") {
      const auto& pair = arguments(source, 2, 2, functions::split_form);
      return functions::split(needed(pair[0], name), needed(pair[1], name));
    }
    if (name == "Fn::Cidr") {
      json::array resolved;
      for (const auto& one : arguments(source, 2, 3, functions::cidr_form)) {
        resolved.push_back(needed(one, name));
      }
      return functions::cidr(resolved);
    }
    if (name == "Fn::Length") return functions::length(needed(source, name));
    if (name == "Fn::ToJsonString") {
      return json::value(functions::to_json_string(needed(source, name)));
    }
    throw ResolveError(functions::unsupported(name));
  }

  Maybe get_att(const json::value& source) {
    std::string id, attribute;
    if (source.is_string()) {
      const std::string_view whole = source.as_string();
      const auto dot = whole.find('.');
      id = whole.substr(0, dot);
      if (dot != std::string_view::npos) attribute = whole.substr(dot + 1);
    } else {
      const auto& pair = arguments(source, 2, 2, functions::get_att_form);
      id = text(pair[0], functions::get_att_form);
      attribute = text(pair[1], functions::get_att_form);
    }
    return attribute_of(id, attribute);
  }

  json::value attribute_of(const std::string& id, const std::string& attribute) {
    if (!scope_.get_att) throw ResolveError("Template error: Fn::GetAtt cannot be used here");
    return scope_.get_att(id, attribute);
  }

  std::string sub(const json::value& source) {
    const json::value* pattern = &source;
    const json::object* variables = nullptr;
    if (const auto* list = source.if_array()) {
      if (list->size() != 2 || !(*list)[1].is_object()) {
        throw ResolveError(std::string(functions::sub_form));
      }
      pattern = &(*list)[0];
      variables = &(*list)[1].as_object();
    }
    if (!pattern->is_string()) throw ResolveError(std::string(functions::sub_form));
    std::string result;
    for (const auto& part : sub_parts(pattern->as_string())) {
      const auto text = part.variable ? variable(part.text, variables) : part.text;
      spend(text.size());
      result += text;
    }
    return result;
  }

  std::string variable(std::string_view name, const json::object* variables) {
    Maybe found;
    if (const auto* own = variables == nullptr ? nullptr : variables->if_contains(name)) {
      found = value(*own);
      if (!found || !scalar(*found)) throw ResolveError(std::string(functions::sub_value));
    } else if (const auto dot = name.find('.'); dot != std::string_view::npos) {
      found = attribute_of(std::string(name.substr(0, dot)), std::string(name.substr(dot + 1)));
    } else {
      found = ref(std::string(name));
    }
    if (found && scalar(*found)) return text_of(*found);
    // A list in a string: CloudFormation joins lists of parameters with commas.
    if (found && found->is_array()) {
      std::string joined;
      for (const auto& one : found->as_array()) {
        if (!joined.empty()) joined += ',';
        joined += text_of(one);
      }
      return joined;
    }
    throw ResolveError(fmt::format(
        "Template error: variable {} in Fn::Sub expression does not resolve to a string", name));
  }

  Maybe find_in_map(const json::value& source) {
    const bool extended = scope_.source.language_extensions;
    const auto& list = arguments(source, 3, extended ? 4 : 3, functions::map_form);
    const std::string map = text(list[0], functions::map_form);
    const std::string row = text(list[1], functions::map_form);
    const std::string column = text(list[2], functions::map_form);
    const json::value* at = scope_.source.mappings.if_contains(map);
    const bool known_map = at != nullptr;
    for (const auto& key : {row, column}) {
      at = at != nullptr && at->is_object() ? at->as_object().if_contains(key) : nullptr;
    }
    if (at != nullptr) return *at;
    if (list.size() == 4 && list[3].is_object()) {
      if (const auto* fallback = list[3].as_object().if_contains("DefaultValue")) {
        return value(*fallback);
      }
    }
    if (!known_map) {
      throw ResolveError(
          fmt::format("Template error: Mapping named '{}' is not present in the 'Mappings' section "
                      "of template.",
                      map));
    }
    throw ResolveError(
        fmt::format("Template error: Unable to get mapping for {}::{}::{}", map, row, column));
  }

  Maybe zones(const std::string& region) {
    json::array result;
    const auto own = scope_.values.find("AWS::Region");
    if (region.empty() || (own != scope_.values.end() && text_of(own->second) == region)) {
      for (const auto& zone : scope_.zones) result.emplace_back(zone);
    } else {
      for (const char letter : {'a', 'b', 'c'}) result.emplace_back(region + letter);
    }
    return json::value(std::move(result));
  }

  // Functions of rules that look at the parameters themselves.
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-rules.html
  Maybe of_parameters(std::string_view name, const json::value& source) {
    json::array result;
    if (name == "Fn::ValueOf") {
      const auto& pair = arguments(source, 2, 2, functions::rule_form);
      const std::string wanted = text(pair[0], functions::rule_form);
      const Parameter* parameter = scope_.source.parameter(wanted);
      if (parameter == nullptr) {
        throw ResolveError(fmt::format("Template error: {} is no parameter", wanted));
      }
      add_attributes(*parameter, text(pair[1], functions::rule_form), result);
      if (!parameter->is_list() && result.size() == 1) return result.front();
      return json::value(std::move(result));
    }
    const bool with_attribute = name == "Fn::ValueOfAll";
    const json::value* wanted = &source;
    std::string attribute;
    if (with_attribute) {
      const auto& pair = arguments(source, 2, 2, functions::rule_form);
      wanted = &pair[0];
      attribute = text(pair[1], functions::rule_form);
    }
    const std::string type = text(*wanted, functions::rule_form);
    for (const auto& parameter : scope_.source.parameters) {
      if (parameter.type != type && parameter.type != "List<" + type + ">") continue;
      if (with_attribute) {
        add_attributes(parameter, attribute, result);
      } else {
        for (const auto& one : values_of(parameter)) result.emplace_back(one);
      }
    }
    return json::value(std::move(result));
  }

  std::vector<std::string> values_of(const Parameter& parameter) {
    const auto known = scope_.values.find(parameter.name);
    return known == scope_.values.end() ? std::vector<std::string>() : texts(known->second);
  }

  void add_attributes(const Parameter& parameter, const std::string& attribute,
                      json::array& result) {
    for (const auto& one : values_of(parameter)) {
      auto found = scope_.value_of ? scope_.value_of(parameter, one, attribute) : std::nullopt;
      if (!found) {
        throw ResolveError(
            fmt::format("Template error: the attribute {} of parameter {} ({}) cannot be looked up",
                        attribute, parameter.name, parameter.type));
      }
      result.emplace_back(std::move(*found));
    }
  }

  const Scope& scope_;
  std::map<std::string, bool> found_;
  std::set<std::string> open_;
  int depth_ = 0;
  std::size_t spent_ = 0;
};

}  // namespace

std::optional<json::value> resolve(const json::value& value, const Scope& scope) {
  return Resolver(scope).value(value);
}

bool holds(const json::value& expression, const Scope& scope) {
  return Resolver(scope).truth(expression);
}

std::map<std::string, bool, std::less<>> evaluate_conditions(const Scope& scope) {
  Resolver resolver(scope);
  std::map<std::string, bool, std::less<>> result;
  for (const auto& member : scope.source.conditions) {
    const std::string name = member.key();
    result[name] = resolver.named(name);
  }
  return result;
}

}  // namespace templates

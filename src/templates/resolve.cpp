#include "templates/resolve.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <set>

#include "templates/cidr.hpp"
#include "templates/text.hpp"

namespace templates {

namespace {

using Maybe = std::optional<json::value>;

std::string base64(std::string_view text) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string result;
  result.reserve((text.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < text.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      bits = bits << 8 | (i + j < text.size() ? static_cast<unsigned char>(text[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      result.push_back(i + j <= text.size() ? digits[bits >> (18 - 6 * j) & 63] : '=');
    }
  }
  return result;
}

bool scalar(const json::value& value) {
  return !value.is_structured() && !value.is_null();
}

class Resolver {
 public:
  explicit Resolver(const Scope& scope) : scope_(scope) {}

  Maybe value(const json::value& source) {
    if (const auto* array = source.if_array()) {
      json::array result;
      result.reserve(array->size());
      for (const auto& one : *array) {
        if (auto resolved = value(one)) result.push_back(std::move(*resolved));
      }
      return json::value(std::move(result));
    }
    const auto* object = source.if_object();
    if (object == nullptr) return source;
    if (object->size() == 1) {
      const auto& [key, inner] = *object->begin();
      if (key == "Ref" && inner.is_string()) return ref(std::string(inner.as_string()));
      if (key.starts_with("Fn::") && !key.starts_with("Fn::ForEach::")) {
        return function(key.substr(4), inner);
      }
    }
    json::object result;
    result.reserve(object->size());
    for (const auto& member : *object) {
      if (auto resolved = value(member.value())) result[member.key()] = std::move(*resolved);
    }
    return json::value(std::move(result));
  }

  // A condition's expression.
  bool truth(const json::value& source) {
    const auto* object = source.if_object();
    if (object == nullptr || object->size() != 1) {
      throw ResolveError("Template error: every condition must be a condition function");
    }
    const auto& [key, inner] = *object->begin();
    if (key == "Condition" && inner.is_string()) return named(std::string(inner.as_string()));
    const auto* list = inner.if_array();
    if (list == nullptr) {
      throw ResolveError(
          fmt::format("Template error: {} requires a list argument", std::string_view(key)));
    }
    if (key == "Fn::Equals") {
      if (list->size() != 2) {
        throw ResolveError("Template error: Fn::Equals requires a list argument with two elements");
      }
      return same((*list)[0], (*list)[1]);
    }
    if (key == "Fn::Not") {
      if (list->size() != 1) {
        throw ResolveError("Template error: Fn::Not requires a list argument with one element");
      }
      return !truth((*list)[0]);
    }
    if (key == "Fn::And" || key == "Fn::Or") {
      if (list->size() < 2 || list->size() > 10) {
        throw ResolveError(
            fmt::format("Template error: every {} object requires a list of at least 2 and at most "
                        "10 boolean parameters.",
                        std::string_view(key)));
      }
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
  bool same(const json::value& a, const json::value& b) {
    const auto left = value(a);
    const auto right = value(b);
    if (!left || !right) return left.has_value() == right.has_value();
    return text_of(*left) == text_of(*right);
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

  std::string text(const json::value& source, std::string_view function_name) {
    const auto result = needed(source, function_name);
    if (!scalar(result)) {
      throw ResolveError(fmt::format("Template error: {} needs a string", function_name));
    }
    return text_of(result);
  }

  const json::array& arguments(const json::value& source, std::size_t least, std::size_t most,
                               std::string_view complaint) {
    const auto* list = source.if_array();
    if (list == nullptr || list->size() < least || list->size() > most) {
      throw ResolveError("Template error: " + std::string(complaint));
    }
    return *list;
  }

  Maybe function(std::string_view name, const json::value& source) {
    if (name == "If") {
      const auto& list =
          arguments(source, 3, 3, "Fn::If requires a list argument with three elements");
      const bool chosen =
          list[0].is_string() ? named(std::string(list[0].as_string())) : truth(list[0]);
      return value(list[chosen ? 1 : 2]);
    }
    if (name == "GetAtt") return get_att(source);
    if (name == "Sub") return json::value(sub(source));
    if (name == "Join") return json::value(join(source));
    if (name == "Select") return select(source);
    if (name == "Split") return split(source);
    if (name == "FindInMap") return find_in_map(source);
    if (name == "Base64") return json::value(base64(text(source, "Fn::Base64")));
    if (name == "GetAZs") return zones(text(source, "Fn::GetAZs"));
    if (name == "Cidr") return cidr(source);
    if (name == "ImportValue") {
      const std::string exported = text(source, "Fn::ImportValue");
      const auto found = scope_.import_value ? scope_.import_value(exported) : std::nullopt;
      if (!found) throw ResolveError(fmt::format("No export named {} found.", exported));
      return json::value(*found);
    }
    if (name == "ToJsonString") {
      return json::value(json::serialize(needed(source, "Fn::ToJsonString")));
    }
    if (name == "Length") {
      const auto list = needed(source, "Fn::Length");
      if (!list.is_array()) throw ResolveError("Template error: Fn::Length needs a list");
      return json::value(static_cast<std::int64_t>(list.as_array().size()));
    }
    if (name == "And" || name == "Or" || name == "Not" || name == "Equals") {
      json::object expression;
      expression["Fn::" + std::string(name)] = source;
      return json::value(truth(expression));
    }
    throw ResolveError(fmt::format("Template error: unknown function Fn::{}", name));
  }

  Maybe get_att(const json::value& source) {
    std::string id, attribute;
    if (source.is_string()) {
      const std::string_view whole = source.as_string();
      const auto dot = whole.find('.');
      id = whole.substr(0, dot);
      if (dot != std::string_view::npos) attribute = whole.substr(dot + 1);
    } else {
      const auto& pair = arguments(source, 2, 2,
                                   "every Fn::GetAtt object requires two non-empty parameters, the "
                                   "resource name and the resource attribute");
      id = text(pair[0], "Fn::GetAtt");
      attribute = text(pair[1], "Fn::GetAtt");
    }
    return attribute_of(id, attribute);
  }

  json::value attribute_of(const std::string& id, const std::string& attribute) {
    if (!scope_.get_att) throw ResolveError("Template error: Fn::GetAtt cannot be used here");
    return scope_.get_att(id, attribute);
  }

  std::string sub(const json::value& source) {
    constexpr std::string_view complaint =
        "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a "
        "string "
        "as first argument, and an optional second argument to specify a mapping of values to "
        "replace in the string";
    const json::value* pattern = &source;
    const json::object* variables = nullptr;
    if (const auto* list = source.if_array()) {
      if (list->size() != 2 || !(*list)[1].is_object()) {
        throw ResolveError("Template error: " + std::string(complaint));
      }
      pattern = &(*list)[0];
      variables = &(*list)[1].as_object();
    }
    if (!pattern->is_string()) throw ResolveError("Template error: " + std::string(complaint));
    const std::string_view format = pattern->as_string();
    std::string result;
    std::size_t at = 0;
    while (true) {
      const auto start = format.find("${", at);
      const auto end = start == std::string_view::npos ? start : format.find('}', start);
      if (end == std::string_view::npos) {
        result += format.substr(at);
        return result;
      }
      result += format.substr(at, start - at);
      result += variable(format.substr(start + 2, end - start - 2), variables);
      at = end + 1;
    }
  }

  std::string variable(std::string_view name, const json::object* variables) {
    if (name.starts_with('!')) return fmt::format("${{{}}}", name.substr(1));
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    Maybe found;
    if (const auto* own = variables == nullptr ? nullptr : variables->if_contains(name)) {
      found = value(*own);
    } else if (const auto dot = name.find('.'); dot != std::string_view::npos) {
      found = attribute_of(std::string(name.substr(0, dot)), std::string(name.substr(dot + 1)));
    } else {
      found = ref(std::string(name));
    }
    if (!found || !scalar(*found)) {
      // A list in a string: CloudFormation joins lists of parameters with commas.
      if (found && found->is_array()) {
        std::string joined;
        for (const auto& one : found->as_array()) {
          if (!joined.empty()) joined += ',';
          joined += text_of(one);
        }
        return joined;
      }
      throw ResolveError(
          fmt::format("Template error: variable {} in Fn::Sub expression does not "
                      "resolve to a string",
                      name));
    }
    return text_of(*found);
  }

  std::string join(const json::value& source) {
    constexpr std::string_view complaint =
        "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of "
        "strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to "
        "be joined.";
    const auto& pair = arguments(source, 2, 2, complaint);
    const auto list = needed(pair[1], "Fn::Join");
    if (!list.is_array() || !pair[0].is_string()) {
      throw ResolveError("Template error: " + std::string(complaint));
    }
    const std::string_view delimiter = pair[0].as_string();
    std::string result;
    bool first = true;
    for (const auto& one : list.as_array()) {
      if (!scalar(one)) throw ResolveError("Template error: " + std::string(complaint));
      if (!first) result += delimiter;
      first = false;
      result += text_of(one);
    }
    return result;
  }

  Maybe select(const json::value& source) {
    const auto& pair =
        arguments(source, 2, 2,
                  "Fn::Select requires a list argument with two elements: an integer "
                  "index and a list");
    const std::string index_text = text(pair[0], "Fn::Select");
    const auto index = number_of(index_text);
    const auto list = needed(pair[1], "Fn::Select");
    if (!list.is_array()) {
      throw ResolveError(
          "Template error: Fn::Select requires a list argument with two elements: an integer index "
          "and a list");
    }
    if (!index || *index < 0 || *index >= static_cast<double>(list.as_array().size())) {
      throw ResolveError(fmt::format(
          "Template error: Fn::Select cannot select nonexistent value at index {}", index_text));
    }
    return list.as_array()[static_cast<std::size_t>(*index)];
  }

  Maybe split(const json::value& source) {
    constexpr std::string_view complaint =
        "every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string "
        "to "
        "be split or a function that returns a string to be split.";
    const auto& pair = arguments(source, 2, 2, complaint);
    const std::string delimiter = text(pair[0], "Fn::Split");
    const std::string whole = text(pair[1], "Fn::Split");
    if (delimiter.empty()) throw ResolveError("Template error: " + std::string(complaint));
    json::array result;
    std::size_t at = 0;
    while (true) {
      const auto end = whole.find(delimiter, at);
      result.emplace_back(whole.substr(at, end == std::string::npos ? end : end - at));
      if (end == std::string::npos) return json::value(std::move(result));
      at = end + delimiter.size();
    }
  }

  Maybe find_in_map(const json::value& source) {
    const auto& list = arguments(source, 3, 4,
                                 "every Fn::FindInMap object requires three parameters, the map "
                                 "name, map key and the attribute for return value");
    const std::string map = text(list[0], "Fn::FindInMap");
    const std::string row = text(list[1], "Fn::FindInMap");
    const std::string column = text(list[2], "Fn::FindInMap");
    const json::value* at = scope_.source.mappings.if_contains(map);
    for (const auto& key : {row, column}) {
      at = at != nullptr && at->is_object() ? at->as_object().if_contains(key) : nullptr;
    }
    if (at != nullptr) return value(*at);
    if (list.size() == 4 && list[3].is_object()) {
      if (const auto* fallback = list[3].as_object().if_contains("DefaultValue")) {
        return value(*fallback);
      }
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

  Maybe cidr(const json::value& source) {
    const auto& list = arguments(source, 2, 3,
                                 "every Fn::Cidr object requires two or three parameters: ipBlock, "
                                 "count and cidrBits");
    const auto count = number_of(text(list[1], "Fn::Cidr"));
    const auto bits = list.size() == 3 ? number_of(text(list[2], "Fn::Cidr")) : std::nullopt;
    const auto blocks = cidr_blocks(text(list[0], "Fn::Cidr"), count ? static_cast<int>(*count) : 0,
                                    bits ? std::optional(static_cast<int>(*bits)) : std::nullopt);
    if (!blocks) {
      throw ResolveError("Template error: Fn::Cidr cannot divide the block as asked");
    }
    json::array result;
    for (const auto& block : *blocks) result.emplace_back(block);
    return json::value(std::move(result));
  }

  const Scope& scope_;
  std::map<std::string, bool> found_;
  std::set<std::string> open_;
};

}  // namespace

std::optional<json::value> resolve(const json::value& value, const Scope& scope) {
  return Resolver(scope).value(value);
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

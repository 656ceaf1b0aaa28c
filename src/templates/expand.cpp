#include "templates/expand.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>
#include <utility>

#include "templates/limits.hpp"
#include "templates/text.hpp"

namespace templates {

namespace {

constexpr std::string_view loop_prefix = "Fn::ForEach::";
constexpr std::string_view transform = "AWS::LanguageExtensions";

bool is_loop(std::string_view key) {
  return key.starts_with(loop_prefix);
}

// What one round of a loop counts beside the text it makes: ten thousand rounds are too many.
constexpr std::size_t round_cost = max_result_bytes / 10'000;

// A loop's identifier and what it stands for now.
struct Binding {
  std::string identifier;
  std::string value;
};

class ExpandError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

std::string replaced(const std::string& text, std::string_view from, std::string_view to) {
  std::string result;
  std::size_t at = 0;
  for (auto next = text.find(from); next != std::string::npos; next = text.find(from, at)) {
    result.append(text, at, next - at).append(to);
    if (result.size() > max_object_bytes) throw ExpandError("Transformation data limit exceeded");
    at = next + from.size();
  }
  return result.append(text, at);
}

std::string letters_and_digits(std::string_view text) {
  std::string result(text);
  std::erase_if(result, [](unsigned char c) { return std::isalnum(c) == 0; });
  return result;
}

class Expander {
 public:
  Expander(const Scope& scope, Document& result) : scope_(scope), result_(result) {}

  void run() {
    json::object document;
    for (const auto& member : scope_.source.document) {
      const std::string name = member.key();
      const std::string path = below("", name);
      if (name == "Transform") {
        if (auto rest = other_transforms(member.value())) document[name] = std::move(*rest);
      } else if (name == "Conditions" || name == "Resources" || name == "Outputs") {
        if (member.value().is_object()) note_names(member.value().as_object());
        document[name] = section(name, member.value());
      } else {
        document[name] = member.value();
        copy_lines(member.value(), path);
      }
      place(path, path);
    }
    result_.root = std::move(document);
  }

 private:
  // The Transform section without this one.
  static std::optional<json::value> other_transforms(const json::value& value) {
    if (!value.is_array()) return std::nullopt;
    json::array rest;
    for (const auto& one : value.as_array()) {
      if (one != json::value(transform)) rest.push_back(one);
    }
    if (rest.empty()) return std::nullopt;
    return json::value(std::move(rest));
  }

  // Loop names may not be those of resources.
  void note_names(const json::object& section) {
    for (const auto& member : section) {
      if (!is_loop(member.key())) names_.insert(std::string(member.key()));
    }
  }

  json::value section(const std::string& name, const json::value& value) {
    const std::string path = below("", name);
    json::value result = walk(value, path, path);
    if (name == "Resources" && result.is_object()) {
      for (auto& resource : result.as_object()) {
        if (resource.value().is_object()) {
          resolve_policies(resource.value().as_object(), below(path, resource.key()));
        }
      }
    }
    return result;
  }

  void resolve_policies(json::object& resource, const std::string& path) {
    for (const auto* name : {"DeletionPolicy", "UpdateReplacePolicy"}) {
      auto* policy = resource.if_contains(name);
      if (policy == nullptr || !policy->is_object()) continue;
      try {
        const auto value = resolve(*policy, scope_);
        if (!value) {
          resource.erase(name);
        } else if (value->is_string()) {
          *policy = *value;
        } else {
          problem(below(path, name), fmt::format("{} must resolve to a string", name));
        }
      } catch (const ResolveError& error) {
        problem(below(path, name), error.what());
      }
    }
  }

  // `from`: where the value stands in the original. `to`: where it will stand.
  json::value walk(const json::value& value, const std::string& from, const std::string& to) {
    spend(1);
    if (const auto* text = value.if_string()) return json::value(bound(*text));
    if (const auto* list = value.if_array()) {
      json::array result;
      for (std::size_t i = 0; i < list->size(); ++i) {
        const std::string there = below(to, i);
        place(below(from, i), there);
        result.push_back(walk((*list)[i], below(from, i), there));
      }
      return json::value(std::move(result));
    }
    const auto* object = value.if_object();
    if (object == nullptr) return value;
    if (object->size() == 1 && object->begin()->key() == "Ref" &&
        object->begin()->value().is_string()) {
      return reference(std::string(object->begin()->value().as_string()));
    }
    json::object result;
    members(*object, from, to, result);
    return evaluated(std::move(result), to);
  }

  // The members of the object, loops unrolled in their place.
  void members(const json::object& object, const std::string& from, const std::string& to,
               json::object& result) {
    for (const auto& member : object) {
      const std::string_view key = member.key();
      const std::string here = below(from, key);
      if (is_loop(key)) {
        unroll(key, member.value(), here, to, result);
        continue;
      }
      const std::string name = bound(key);
      if (result.contains(name)) {
        throw_problem(here, fmt::format("the key {} is made more than once", name));
      }
      const std::string there = below(to, name);
      place(here, there);
      result[name] = walk(member.value(), here, there);
    }
  }

  json::value reference(const std::string& name) {
    for (const auto& binding : bindings_) {
      if (binding.identifier == name) return json::value(binding.value);
    }
    json::object result;
    result["Ref"] = bound(name);
    return json::value(std::move(result));
  }

  // Fn::ForEach::NAME: [identifier, collection, body]
  void unroll(std::string_view key, const json::value& loop, const std::string& from,
              const std::string& to, json::object& result) {
    const std::string name = bound(key.substr(loop_prefix.size()));
    const auto* parts = loop.if_array();
    if (name.empty() || parts == nullptr || parts->size() != 3 || !(*parts)[0].is_string() ||
        (*parts)[0].as_string().empty() || !(*parts)[2].is_object() ||
        (*parts)[2].as_object().empty()) {
      throw_problem(from, "Fn::ForEach layout is incorrect");
    }
    if (names_.contains(name)) {
      throw_problem(from, fmt::format("the name of the loop {} is taken by another", name));
    }
    const std::string identifier((*parts)[0].as_string());
    if (std::ranges::any_of(bindings_,
                            [&](const auto& one) { return one.identifier == identifier; })) {
      throw_problem(from, fmt::format("the identifier {} is used by an outer loop", identifier));
    }
    const auto values = collection((*parts)[1], below(from, 1));
    const std::string body = below(from, 2);
    for (const auto& value : values) {
      spend(round_cost);
      bindings_.push_back({identifier, value});
      members((*parts)[2].as_object(), body, to, result);
      bindings_.pop_back();
    }
  }

  std::vector<std::string> collection(const json::value& source, const std::string& from) {
    std::vector<std::string> result;
    try {
      const auto value = resolve(walk(source, from, from), scope_);
      if (!value || !value->is_array()) {
        throw_problem(from, "Fn::ForEach layout is incorrect");
      }
      for (const auto& one : value->as_array()) {
        if (one.is_structured() || one.is_null()) {
          throw_problem(from, "Fn::ForEach layout is incorrect");
        }
        result.push_back(text_of(one));
      }
    } catch (const ResolveError& error) {
      throw_problem(from, fmt::format("Fn::ForEach could not be resolved: {}", error.what()));
    }
    return result;
  }

  // Evaluates the object when it is one of this transform's functions and nothing in it needs a
  // resource.
  json::value evaluated(json::object object, const std::string& path) {
    if (object.size() != 1) return json::value(std::move(object));
    const std::string_view key = object.begin()->key();
    const auto& argument = object.begin()->value();
    const bool own = key == "Fn::Length" || key == "Fn::ToJsonString" ||
                     (key == "Fn::FindInMap" && is_wider(argument));
    if (!own) return json::value(std::move(object));
    std::optional<json::value> given;
    try {
      given = resolve(argument, scope_);
    } catch (const ResolveError&) {
      return json::value(std::move(object));  // it needs more than parameters
    }
    if (!given) return json::value(std::move(object));
    try {
      auto result = resolve(json::value(object), scope_);
      if (result) return std::move(*result);
    } catch (const ResolveError& error) {
      problem(path, error.what());
    }
    return json::value(std::move(object));
  }

  // A map, a key, an attribute that are functions, or a default.
  static bool is_wider(const json::value& argument) {
    const auto* list = argument.if_array();
    if (list == nullptr) return false;
    return list->size() == 4 ||
           std::ranges::any_of(*list, [](const auto& one) { return one.is_object(); });
  }

  // ${X} is the value; &{X} is its letters and digits, which a logical id may hold.
  std::string bound(std::string_view text) {
    std::string result(text);
    for (const auto& binding : bindings_) {
      result = replaced(result, "${" + binding.identifier + "}", binding.value);
      result = replaced(result, "&{" + binding.identifier + "}", letters_and_digits(binding.value));
    }
    spend(result.size());
    return result;
  }

  // A few loops within each other can ask for more than there is room for.
  void spend(std::size_t bytes) {
    spent_ += bytes;
    if (spent_ > max_result_bytes) throw ExpandError("Transformation data limit exceeded");
  }

  void place(const std::string& from, const std::string& to) {
    if (const int line = scope_.source.positions.line(from); line > 0) {
      result_.positions.set(to, line);
    }
  }

  void copy_lines(const json::value& value, const std::string& path) {
    place(path, path);
    if (const auto* list = value.if_array()) {
      for (std::size_t i = 0; i < list->size(); ++i) copy_lines((*list)[i], below(path, i));
    } else if (const auto* object = value.if_object()) {
      for (const auto& member : *object) copy_lines(member.value(), below(path, member.key()));
    }
  }

  void problem(const std::string& path, std::string_view text) {
    const std::string_view where =
        std::string_view(path).substr(std::min<std::size_t>(1, path.size()));
    std::string whole(text);
    if (!text.starts_with("Transform ")) {
      whole = fmt::format("Transform {} failed with: {}", transform, text);
    }
    result_.problems.push_back({scope_.source.file, scope_.source.positions.line(path), "",
                                std::move(whole), Problem::Kind::function, "",
                                std::string(where.substr(0, where.find('/')))});
  }

  [[noreturn]] void throw_problem(const std::string& path, std::string_view text) {
    problem(path, text);
    throw ExpandError("");
  }

  const Scope& scope_;
  Document& result_;
  std::vector<Binding> bindings_;
  std::set<std::string, std::less<>> names_;
  std::size_t spent_ = 0;
};

}  // namespace

Reading expanded(const Scope& scope, const TypeLookup& types) {
  Document document;
  try {
    Expander(scope, document).run();
  } catch (const ExpandError& error) {
    Reading failed;
    failed.value = scope.source;
    failed.problems = std::move(document.problems);
    if (failed.problems.empty()) {
      failed.problems.push_back(
          {scope.source.file, 0, "", error.what(), Problem::Kind::function, "", ""});
    }
    return failed;
  }
  return read(std::move(document), scope.source.file, types, true);
}

}  // namespace templates

#include "templates/document.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <optional>
#include <sstream>

#include "base/contains.hpp"
#include "base/utf8.hpp"

namespace templates {

namespace {

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
constexpr std::array functions{
    "And",          "Base64",       "Cidr",        "Contains", "EachMemberEquals",
    "EachMemberIn", "Equals",       "GetAZs",      "GetAtt",   "GetStackOutput",
    "FindInMap",    "If",           "ImportValue", "Join",     "Length",
    "Not",          "Or",           "RefAll",      "Select",   "Split",
    "Sub",          "ToJsonString", "Transform",   "ValueOf",  "ValueOfAll"};

// A path is drawn out no further than this, see below().
constexpr std::size_t max_path = 1024;
constexpr std::size_t max_key_in_path = 256;
// A template with more problems than this is not read to its end.
constexpr std::size_t max_problems = 1000;

std::string long_name(std::string_view tag) {
  if (tag == "!Ref" || tag == "!Condition") return std::string(tag.substr(1));
  return "Fn::" + std::string(tag.substr(1));
}

// A plain scalar as CloudFormation types it. Numbers whose text would change stay text ("0.10",
// "080", "1e3", an account id with a leading zero), and so do dates ("2012-10-17").
// Unquoted, yes and on are true, as YAML 1.1 says: ASFHyP3/hyp3 #2061 shows a tag YES arrive so.
// https://yaml.org/type/bool.html
json::value plain(const std::string& text) {
  for (const std::string_view yes :
       {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no :
       {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"}) {
    if (text == no) return false;
  }
  std::int64_t whole = 0;
  const char* end = text.data() + text.size();
  if (auto [rest, error] = std::from_chars(text.data(), end, whole);
      error == std::errc() && rest == end && std::to_string(whole) == text) {
    return whole;
  }
  double number = 0;
  if (auto [rest, error] = std::from_chars(text.data(), end, number);
      error == std::errc() && rest == end && fmt::format("{}", number) == text) {
    return number;
  }
  return json::value(text);
}

// YAML's own tags that CloudFormation does not read; empty: one it does, or none of YAML's.
std::string_view unsupported_tag(std::string_view tag) {
  constexpr std::string_view yaml = "tag:yaml.org,2002:";
  if (!tag.starts_with(yaml)) return {};
  tag.remove_prefix(yaml.size());
  constexpr std::array refused{"binary", "omap", "pairs", "set", "timestamp"};
  return base::contains(refused, tag) ? tag : std::string_view();
}

// yaml-cpp writes the escapes \N and \_ as single bytes; here they become UTF-8 again.
std::string in_utf8(const std::string& text) {
  if (base::valid_utf8(text) == text) return text;
  std::string result;
  int missing = 0;  // bytes of the character that is being copied
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0xC0) {
      missing = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : 1;
    } else if (byte >= 0x80 && missing > 0) {
      --missing;
    } else if (byte >= 0x80) {
      result += '\xC2';
    }
    result += c;
  }
  return result;
}

// Where a character stands that YAML does not allow; npos when there is none.
// https://yaml.org/spec/1.1/#id868524
std::size_t forbidden_character(std::string_view text) {
  const auto found = std::ranges::find_if(text, [](unsigned char c) {
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
  });
  return found == text.end() ? std::string_view::npos
                             : static_cast<std::size_t>(found - text.begin());
}

class Builder final : public YAML::EventHandler {
 public:
  Builder(Document& document, const std::string& file) : document_(document), file_(file) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    if (awaits_key()) {
      frames_.back().key = "";
      return;
    }
    place(mark, "?", nullptr);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    problem(mark, Problem::Kind::syntax,
            "Template error: YAML aliases are not allowed in CloudFormation templates");
    if (awaits_key()) {
      frames_.back().key = "";
    } else {
      place(mark, "?", json::value(""));
    }
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& scanned) override {
    const std::string text = in_utf8(scanned);
    if (awaits_key()) {
      key(mark, tag, text);
      return;
    }
    check_tag(mark, tag);
    const bool quoted = tag == "!" || tag.starts_with("tag:yaml.org,2002:str");
    if (quoted || tag == "?" || tag.empty()) {
      place(mark, tag, quoted ? json::value(text) : plain(text));
    } else {
      place(mark, tag, json::value(text));
    }
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, json::array());
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, json::object());
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    json::value value;
    std::string path;
    std::string tag;
    YAML::Mark mark;
    std::optional<std::string> key = {};
    bool as_key = false;
  };

  bool awaits_key() const {
    return !frames_.empty() && frames_.back().value.is_object() && !frames_.back().key;
  }

  void key(const YAML::Mark& mark, const std::string& tag, const std::string& text) {
    auto& frame = frames_.back();
    if (frame.value.as_object().contains(text)) {
      problem(mark, Problem::Kind::format,
              fmt::format("Template format error: the key {} is given twice", text));
    }
    frame.key = text;
    document_.positions.set(below(frame.path, text), mark.line + 1);
    const bool is_plain = tag == "?" || tag.empty();
    if (is_plain && plain(text).is_number()) {
      problem(mark, Problem::Kind::format,
              fmt::format("Template format error: [{}] map keys must be strings; received numeric "
                          "[{}] instead",
                          frame.path.empty() ? "/" : frame.path, text));
    } else if (is_plain && text == "<<") {
      problem(
          mark, Problem::Kind::syntax,
          "Template format error: YAML hash merges are not allowed in CloudFormation templates");
    }
  }

  void check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (const auto name = unsupported_tag(tag); !name.empty()) {
      problem(mark, Problem::Kind::syntax,
              fmt::format("Template format error: the YAML tag {} is not supported", name));
    }
  }

  std::string child_path() const {
    if (frames_.empty()) return "";
    const auto& frame = frames_.back();
    return frame.key ? below(frame.path, *frame.key)
                     : below(frame.path, frame.value.as_array().size());
  }

  void open(const YAML::Mark& mark, const std::string& tag, json::value empty) {
    if (frames_.size() >= max_depth) {
      throw YAML::ParserException(mark, "nested too deeply");
    }
    const bool as_key = awaits_key();
    if (as_key) {
      problem(mark, Problem::Kind::syntax, "Template format error: a key must be a string");
      frames_.back().key = "";
    }
    check_tag(mark, tag);
    std::string path = child_path();
    if (frames_.empty() || !frames_.back().key) document_.positions.set(path, mark.line + 1);
    if (is_tag(tag)) path = below(path, long_name(tag));
    frames_.push_back({std::move(empty), std::move(path), tag, mark});
    frames_.back().as_key = as_key;
  }

  void close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    if (frame.as_key) return;  // the map it was a key of goes on with its value
    place(frame.mark, frame.tag, std::move(frame.value));
  }

  static bool is_tag(const std::string& tag) {
    return tag.size() > 1 && tag.front() == '!' && tag[1] != '!';
  }

  json::value in_long_form(const YAML::Mark& mark, const std::string& tag, json::value value) {
    if (!is_tag(tag)) return value;
    document_.short_tags = true;
    const std::string name = long_name(tag);
    if (!is_function(name)) {
      problem(
          mark, Problem::Kind::function,
          fmt::format("Template error: unknown function {} (CloudFormation has no {})", tag, name));
      return value;  // said once; what it holds is checked as it stands
    }
    if (tag == "!GetAtt" && value.is_string()) {
      const std::string_view text = value.as_string();
      const auto dot = text.find('.');
      json::array pair;
      pair.emplace_back(text.substr(0, dot));
      if (dot != std::string_view::npos) pair.emplace_back(text.substr(dot + 1));
      value = std::move(pair);
    }
    json::object wrapped;
    wrapped[name] = std::move(value);
    return wrapped;
  }

  void place(const YAML::Mark& mark, const std::string& tag, json::value value) {
    if (value.is_null()) {
      std::string path = child_path();
      // An empty value has no place of its own; its key has.
      const int known = document_.positions.line(path);
      if (document_.problems.size() >= max_problems) {
        throw YAML::ParserException(mark, "too many mistakes");
      }
      document_.problems.push_back(
          {file_, known > 0 ? known : mark.line + 1, logical_id(),
           fmt::format("Template format error: [{}] 'null' values are not allowed in templates",
                       path.empty() ? "/" : path),
           Problem::Kind::format, "", ""});
    }
    value = in_long_form(mark, tag, std::move(value));
    if (frames_.empty()) {
      document_.root = std::move(value);
      return;
    }
    auto& frame = frames_.back();
    if (frame.key) {
      frame.value.as_object()[*frame.key] = std::move(value);
      frame.key.reset();
    } else {
      if (!value.is_structured()) document_.positions.set(child_path(), mark.line + 1);
      frame.value.as_array().push_back(std::move(value));
    }
  }

  // "/Resources/Nat/..." -> "Nat"
  std::string logical_id() const {
    for (const auto& frame : std::views::reverse(frames_)) {
      const std::string_view path = frame.path;
      if (!path.starts_with("/Resources/")) continue;
      const auto id = path.substr(11);
      return std::string(id.substr(0, id.find('/')));
    }
    if (frames_.size() == 2 && frames_.back().path == "/Resources" && frames_.back().key) {
      return *frames_.back().key;
    }
    return {};
  }

  void problem(const YAML::Mark& mark, Problem::Kind kind, std::string text) {
    if (document_.problems.size() >= max_problems)
      throw YAML::ParserException(mark, "too many mistakes");
    document_.problems.push_back(
        {file_, mark.line + 1, logical_id(), std::move(text), kind, "", ""});
  }

  Document& document_;
  const std::string& file_;
  std::vector<Frame> frames_;
};

struct Place {
  int line = 0;
  int column = 0;
};

Place place_at(std::string_view text, std::size_t index) {
  const auto before = text.substr(0, index);
  const auto newline = before.rfind('\n');
  const auto column = before.size() - (newline == std::string_view::npos ? 0 : newline + 1) + 1;
  return {static_cast<int>(std::ranges::count(before, '\n')) + 1, static_cast<int>(column)};
}

struct JsonReading {
  std::optional<json::value> value;  // nothing: it is no JSON
  std::size_t failed_at = 0;
  std::string why;
};

JsonReading read_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = max_depth;
  json::stream_parser parser({}, options);
  boost::system::error_code error;
  const std::size_t read = parser.write_some(text.data(), text.size(), error);
  if (!error && text.find_first_not_of(" \t\r\n", read) != std::string_view::npos) {
    error = json::error::extra_data;
  }
  if (!error) parser.finish(error);
  if (error) return {std::nullopt, read, error.message()};
  return {parser.release(), read, {}};
}

void read_yaml(std::string_view text, const std::string& file, Document& document) {
  std::istringstream stream{std::string(text)};
  Builder builder(document, file);
  YAML::Parser parser(stream);
  if (!parser.HandleNextDocument(builder)) {
    document.root = json::value("");
    return;
  }
  // [I] A second document in the same text is not well-formed for AWS's reader.
  Document second;
  Builder rest(second, file);
  if (parser.HandleNextDocument(rest)) {
    document.problems.push_back({file, 0, "",
                                 "Template format error: YAML not well-formed. Expected a single "
                                 "document in the stream",
                                 Problem::Kind::syntax, "", ""});
  }
}

}  // namespace

std::string below(const std::string& path, std::string_view key) {
  if (path.size() > max_path || key.size() > max_key_in_path) return path;
  std::string result;
  result.reserve(path.size() + key.size() + 1);
  return result.append(path).append(1, '/').append(key);
}

std::string below(const std::string& path, std::size_t index) {
  return below(path, std::to_string(index));
}

int Positions::line(std::string_view path) const {
  while (true) {
    if (const auto found = lines_.find(path); found != lines_.end()) return found->second;
    const auto slash = path.rfind('/');
    if (slash == std::string_view::npos) return 0;
    path = path.substr(0, slash);
  }
}

bool is_function(std::string_view name) {
  if (name == "Ref" || name == "Condition") return true;
  if (name.starts_with("Fn::ForEach::")) return true;
  if (!name.starts_with("Fn::")) return false;
  return std::ranges::find(functions, name.substr(4)) != functions.end();
}

bool is_boolean_function(std::string_view name) {
  constexpr std::array known{
      "Condition", "Fn::And",      "Fn::Equals",           "Fn::Not",
      "Fn::Or",    "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn"};
  return base::contains(known, name);
}

Document parse(std::string_view text, const std::string& file) {
  Document document;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a byte order mark
  if (base::valid_utf8(text) != text) {
    document.problems.push_back({file, 0, "", "Template format error: the text is not UTF-8.",
                                 Problem::Kind::syntax, "", ""});
    return document;
  }
  const auto start = text.find_first_not_of(" \t\r\n");
  const bool is_json = start != std::string_view::npos && text[start] == '{';
  const auto refuse = [&](Place place, std::string_view language, std::string_view why) {
    document.problems.push_back(
        {file, place.line, "",
         fmt::format("Template format error: {} not well-formed. (line {}, column {})", language,
                     place.line, place.column),
         Problem::Kind::syntax, std::string(why), ""});
  };
  std::optional<json::value> root;
  if (is_json) {
    JsonReading reading = read_json(text);
    if (!reading.value) {
      refuse(place_at(text, reading.failed_at), "JSON", reading.why);
      return document;
    }
    root = std::move(reading.value);
  } else if (const auto at = forbidden_character(text); at != std::string_view::npos) {
    refuse(place_at(text, at), "YAML", "special characters are not allowed");
    return document;
  }
  try {
    read_yaml(text, file, document);
  } catch (const YAML::Exception& error) {
    // JSON that YAML's reader does not like is still JSON; it only loses its line numbers.
    if (!root) refuse({error.mark.line + 1, error.mark.column + 1}, "YAML", error.msg);
  }
  if (root) document.root = std::move(*root);
  return document;
}

}  // namespace templates

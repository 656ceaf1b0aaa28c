#include "cfn/event.hpp"

#include <boost/json/parse.hpp>
#include <charconv>

#include "http/message.hpp"

namespace cfn {

namespace json = boost::json;

namespace {

// AWS's own ids are far shorter; longer ones could not be answered within 4096 bytes.
constexpr std::size_t longest_id = 640;
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
constexpr std::size_t longest_physical_id = 1024;

class Reader {
 public:
  Reader(const json::object& object, std::vector<std::string>& problems)
      : object_(object), problems_(problems) {}

  // Empty, with a problem noted, when the field is missing or cannot be used.
  std::string required(std::string_view name) {
    const auto* value = object_.if_contains(name);
    const auto* text = value == nullptr ? nullptr : value->if_string();
    if (text == nullptr || text->empty()) {
      problems_.push_back(fmt::format("{} is missing or no string", name));
      return {};
    }
    return std::string(*text);
  }

  std::string id(std::string_view name) {
    std::string text = required(name);
    if (text.size() <= longest_id) return text;
    problems_.push_back(fmt::format("{} is longer than {} bytes", name, longest_id));
    return {};
  }

 private:
  const json::object& object_;
  std::vector<std::string>& problems_;
};

std::optional<RequestType> request_type(std::string_view text) {
  if (text == "Create") return RequestType::create;
  if (text == "Update") return RequestType::update;
  if (text == "Delete") return RequestType::remove;
  return std::nullopt;
}

std::string response_url(Reader& reader, std::vector<std::string>& problems) {
  std::string url = reader.required("ResponseURL");
  if (url.empty()) return url;
  try {
    (void)http::Url::parse(url);
  } catch (const std::invalid_argument& error) {
    problems.push_back(fmt::format("ResponseURL: {}", error.what()));
    url.clear();
  }
  return url;
}

std::optional<ReturnAddress> sender(const json::object& object, Reader& reader,
                                    std::vector<std::string>& problems) {
  ReturnAddress sender;
  sender.url = response_url(reader, problems);
  sender.stack_id = reader.id("StackId");
  sender.request_id = reader.id("RequestId");
  sender.logical_id = reader.id("LogicalResourceId");
  if (sender.url.empty() || sender.stack_id.empty() || sender.request_id.empty() ||
      sender.logical_id.empty()) {
    return std::nullopt;
  }
  const auto* known = object.if_contains("PhysicalResourceId");
  if (known != nullptr && known->is_string() && !known->get_string().empty() &&
      known->get_string().size() <= longest_physical_id) {
    sender.physical_id = known->get_string();
  } else {
    sender.physical_id = physical_id(sender.stack_id, sender.logical_id);
  }
  return sender;
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  constexpr std::int64_t year_9999 = 253'402'300'799;
  if (error != std::errc{} || end != text.data() + text.size() || value < 0 || value > year_9999) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

std::string_view name(RequestType type) {
  switch (type) {
    case RequestType::create:
      return "Create";
    case RequestType::update:
      return "Update";
    case RequestType::remove:
      return "Delete";
  }
  return "Create";
}

Event::Reading Event::parse(std::string_view payload) {
  Reading reading;
  boost::system::error_code error;
  const json::value document = json::parse(payload, error);
  if (error || !document.is_object()) {
    reading.problems.emplace_back("the event is not a JSON object");
    return reading;
  }
  const json::object& object = document.get_object();
  Reader reader(object, reading.problems);
  reading.sender = sender(object, reader, reading.problems);

  Event event;
  const std::string type = reader.required("RequestType");
  if (const auto known = request_type(type)) {
    event.type = *known;
  } else if (!type.empty()) {
    reading.problems.emplace_back("RequestType must be Create, Update or Delete");
  }
  const auto* properties = object.if_contains("ResourceProperties");
  if (properties != nullptr && properties->is_object()) {
    event.properties = properties->get_object();
  } else if (properties != nullptr) {
    reading.problems.emplace_back("ResourceProperties is no object");
  }
  if (reading.problems.empty()) reading.event = std::move(event);
  return reading;
}

std::string physical_id(std::string_view stack_id, std::string_view logical_id) {
  // FNV-1a over both, kept apart by a byte that neither contains.
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&hash](unsigned char byte) { hash = (hash ^ byte) * 0x100000001b3; };
  for (const char c : stack_id) add(static_cast<unsigned char>(c));
  add(0);
  for (const char c : logical_id) add(static_cast<unsigned char>(c));
  return fmt::format("falsework-{:016x}", hash);
}

Validity validity(std::string_view url) {
  Validity validity;
  const auto mark = url.find('?');
  if (mark == std::string_view::npos) return validity;
  std::optional<std::int64_t> lifetime;
  for (const auto& [key, value] : http::parse_query(url.substr(mark + 1))) {
    if (key == "X-Amz-Date") validity.signed_at = base::parse_iso8601(value);
    if (key == "X-Amz-Expires") lifetime = number(value);
    if (key == "Expires") {
      if (const auto epoch = number(value)) {
        validity.expires = base::Instant(std::chrono::seconds(*epoch));
      }
    }
  }
  if (validity.signed_at && lifetime) {
    validity.expires = *validity.signed_at + std::chrono::seconds(*lifetime);
  }
  return validity;
}

}  // namespace cfn

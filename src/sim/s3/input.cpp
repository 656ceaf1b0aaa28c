#include "sim/s3/input.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/date_time.hpp"

namespace sim::s3 {

namespace {

// Parameters that select nothing: they belong to operations and to signatures.
constexpr std::array plain = std::to_array<std::string_view>({
    "list-type",
    "prefix",
    "delimiter",
    "marker",
    "max-keys",
    "start-after",
    "continuation-token",
    "encoding-type",
    "fetch-owner",
    "x-id",
    "AWSAccessKeyId",
    "Signature",
    "Expires",
    "max-buckets",
    "bucket-region",
    "versionId",
    "partNumber",
    "part-number-marker",
    "max-parts",
    "key-marker",
    "version-id-marker",
    "upload-id-marker",
    "max-uploads",
    "response-content-type",
    "response-content-language",
    "response-expires",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
});

constexpr std::array day_names = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array months = std::to_array<std::string_view>(
    {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"});

std::optional<int> number_in(std::string_view text) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Input::Input(const http::Request& made, Principal by)
    : request(made),
      at(address_of(made.url)),
      query(http::parse_query(made.url.query(), false)),
      caller(std::move(by)) {}

bool Input::has(std::string_view name) const {
  return std::ranges::any_of(query, [&](const auto& one) { return one.first == name; });
}

std::string Input::parameter(std::string_view name, std::string fallback) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return fallback;
}

std::size_t Input::number(std::string_view name, std::size_t fallback, std::size_t most) const {
  if (!has(name)) return fallback;
  const auto value = number_in(parameter(name));
  if (!value || *value < 0) {
    throw Error("InvalidArgument",
                fmt::format("Provided {} not an integer or within integer range", name));
  }
  return std::min(static_cast<std::size_t>(*value), most);
}

std::string Input::header(std::string_view name) const {
  return std::string(request.headers.get(name).value_or(""));
}

std::string sub_resource(const http::Query& query) {
  for (const auto& [key, value] : query) {
    if (key.starts_with("X-Amz-") || key.starts_with("x-amz-")) continue;
    if (std::ranges::find(plain, key) == plain.end()) return key;
  }
  return {};
}

const Route* route_of(const Input& input) {
  const auto on = input.at.bucket.empty() ? On::service
                  : input.at.key.empty()  ? On::bucket
                                          : On::object;
  const auto sub = sub_resource(input.query);
  for (const auto routes : {bucket_routes(), object_routes(), listing_routes(), upload_routes(),
                            configuration_routes()}) {
    for (const auto& route : routes) {
      if (route.method == input.request.method && route.on == on && route.sub_resource == sub) {
        return &route;
      }
    }
  }
  return nullptr;
}

http::Response xml_response(std::string body) {
  return {200, {{"Content-Type", "application/xml"}}, std::move(body)};
}

std::string http_date(base::Instant instant) {
  using namespace std::chrono;
  const auto day = floor<std::chrono::days>(instant);
  const year_month_day date(day);
  const hh_mm_ss time(floor<std::chrono::seconds>(instant - day));
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", day_names[weekday(day).c_encoding()],
                     unsigned(date.day()), months[unsigned(date.month()) - 1], int(date.year()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}

std::optional<base::Instant> parse_http_date(std::string_view text) {
  // "Sun, 22 Nov 2026 15:39:54 GMT"; other forms of the date are not sent by clients of today.
  if (text.size() != 29 || !text.ends_with(" GMT")) return base::parse_iso8601(text);
  const auto month = std::ranges::find(months, text.substr(8, 3));
  const auto number = [&](std::size_t at, std::size_t digits) {
    return base::number_of_digits(text.substr(at, digits));
  };
  const auto day = number(5, 2), year = number(12, 4);
  const auto hour = number(17, 2), minute = number(20, 2), second = number(23, 2);
  if (month == months.end() || !day || !year || !hour || !minute || !second) return std::nullopt;
  const auto ordinal = static_cast<int>(month - months.begin()) + 1;
  return base::instant_of({*year, ordinal, *day, *hour, *minute, *second});
}

Tags tags_in(const http::Query& pairs) {
  Tags tags;
  for (const auto& [key, value] : pairs) {
    if (key.empty() || key.size() > 128 || value.size() > 256) {
      throw Error("InvalidTag", "The TagKey or the TagValue you have provided is invalid");
    }
    if (!tags.emplace(key, value).second) {
      throw Error("InvalidTag", "Cannot provide multiple Tags with the same key");
    }
  }
  return tags;
}

void malformed_xml() {
  throw Error("MalformedXML",
              "The XML you provided was not well-formed or did not validate against our "
              "published schema");
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

}  // namespace sim::s3

#include "aws/settings.hpp"

#include <charconv>

namespace aws {

namespace {

// The first of these variables that is set and not empty.
std::string first_of(const Environment& environment, std::initializer_list<const char*> names) {
  for (const auto* name : names) {
    const auto found = environment.find(name);
    if (found != environment.end() && !found->second.empty()) return found->second;
  }
  return {};
}

// It becomes part of a host name.
bool is_region(std::string_view region) {
  return std::ranges::all_of(
      region, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

}  // namespace

Settings load_settings(const Environment& environment) {
  Settings settings;
  std::vector<std::string> problems;
  const auto required = [&](std::initializer_list<const char*> names, const char* text) {
    auto value = first_of(environment, names);
    if (value.empty()) problems.emplace_back(text);
    return value;
  };
  settings.credentials.access_key_id =
      required({"AWS_ACCESS_KEY_ID"}, "AWS_ACCESS_KEY_ID is not set");
  settings.credentials.secret_access_key =
      required({"AWS_SECRET_ACCESS_KEY"}, "AWS_SECRET_ACCESS_KEY is not set");
  settings.credentials.session_token = first_of(environment, {"AWS_SESSION_TOKEN"});
  settings.region = required({"AWS_REGION", "AWS_DEFAULT_REGION"},
                             "neither AWS_REGION nor AWS_DEFAULT_REGION is set");
  if (!is_region(settings.region)) problems.emplace_back("AWS_REGION is not a region's name");
  if (const auto endpoint = first_of(environment, {"AWS_ENDPOINT_URL"}); !endpoint.empty()) {
    try {
      settings.endpoint = http::Url::parse(endpoint);
    } catch (const std::invalid_argument& error) {
      problems.push_back(fmt::format("AWS_ENDPOINT_URL is wrong: {}", error.what()));
    }
  }
  if (const auto attempts = first_of(environment, {"AWS_MAX_ATTEMPTS"}); !attempts.empty()) {
    const auto* end = attempts.data() + attempts.size();
    const auto [rest, error] = std::from_chars(attempts.data(), end, settings.attempts);
    if (error != std::errc{} || rest != end || settings.attempts < 1) {
      problems.emplace_back("AWS_MAX_ATTEMPTS is not a number from 1");
    }
  }
  if (!problems.empty()) {
    throw SettingsError(
        fmt::format("The AWS settings are not complete: {}", fmt::join(problems, "; ")));
  }
  return settings;
}

}  // namespace aws

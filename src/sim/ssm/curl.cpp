#include "sim/ssm/curl.hpp"

#include <charconv>

namespace sim::ssm {

namespace {

// Linux gives up a connection after six retries of SYN [C: tcp(7), tcp_syn_retries].
constexpr base::Duration connect_limit = std::chrono::seconds(127);
constexpr base::Duration round_trip = std::chrono::milliseconds(2);

// Words of a shell line, with quotes; nothing when it uses more of the shell than that.
std::optional<std::vector<std::string>> words(std::string_view line) {
  std::vector<std::string> found;
  std::string word;
  bool open = false;
  char quote = 0;
  for (const char c : line) {
    if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word += c;
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      open = true;
    } else if (c == ' ' || c == '\t') {
      if (open) found.push_back(std::exchange(word, {}));
      open = false;
    } else if (std::string_view("|&;<>$`\\(){}*").contains(c)) {
      return std::nullopt;
    } else {
      word += c;
      open = true;
    }
  }
  if (quote != 0) return std::nullopt;
  if (open) found.push_back(word);
  return found;
}

bool read_url(Curl& curl, std::string_view text) {
  curl.url = text;
  curl.scheme = "http";  // curl's guess
  if (const auto end = text.find("://"); end != std::string_view::npos) {
    curl.scheme = text.substr(0, end);
    text.remove_prefix(end + 3);
  }
  if (curl.scheme != "http" && curl.scheme != "https") return false;
  const auto slash = std::min(text.find('/'), text.size());
  curl.path = slash == text.size() ? "/" : text.substr(slash);
  auto authority = text.substr(0, slash);
  curl.port = curl.scheme == "https" ? 443 : 80;
  if (const auto colon = authority.find(':'); colon != std::string_view::npos) {
    const auto digits = authority.substr(colon + 1);
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), curl.port);
    if (failure != std::errc() || end != digits.data() + digits.size()) return false;
    if (curl.port < 1 || curl.port > 65'535) return false;
    authority = authority.substr(0, colon);
  }
  curl.host = authority;
  return !curl.host.empty();
}

bool read_seconds(Curl& curl, const std::string& text) {
  double number = 0;
  const auto* last = text.data() + text.size();
  const auto [end, failure] = std::from_chars(text.data(), last, number);
  if (failure != std::errc() || end != last || number <= 0) return false;
  curl.max_time = base::from_seconds(number);
  return true;
}

std::string meter(std::size_t size) {
  return fmt::format(
      "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
      "                                 Dload  Upload   Total   Spent    Left  Speed\n"
      "{0:>3} {1:>5}  {0:>3} {1:>5}    0     0      0      0 --:--:-- --:--:-- --:--:--     0\n",
      size > 0 ? 100 : 0, size);
}

}  // namespace

std::optional<Curl> parse_curl(std::string_view line) {
  const auto all = words(line);
  if (!all || all->empty() || all->front() != "curl") return std::nullopt;
  Curl curl;
  for (std::size_t i = 1; i < all->size(); ++i) {
    const auto& word = (*all)[i];
    const bool has_next = i + 1 < all->size();
    if (word == "--silent") {
      curl.silent = true;
    } else if (word == "--show-error") {
      curl.show_error = true;
    } else if (word == "--fail") {
      curl.fail = true;
    } else if (word == "-m" || word == "--max-time") {
      if (!has_next || !read_seconds(curl, (*all)[++i])) return std::nullopt;
    } else if (word == "-o" || word == "--output") {
      if (!has_next) return std::nullopt;
      ++i;
      curl.to_file = true;
    } else if (word.starts_with('-')) {
      if (word.size() < 2 || word.find_first_not_of("sSf", 1) != std::string::npos) {
        return std::nullopt;
      }
      curl.silent = curl.silent || word.contains('s');
      curl.show_error = curl.show_error || word.contains('S');
      curl.fail = curl.fail || word.contains('f');
    } else if (!curl.url.empty() || !read_url(curl, word)) {
      return std::nullopt;
    }
  }
  if (curl.url.empty()) return std::nullopt;
  return curl;
}

Result run(const Curl& curl, const Reply& reply) {
  Result result;
  result.took = round_trip;
  std::string problem;
  switch (reply.kind) {
    case Reply::Kind::answered:
      if (curl.fail && reply.status >= 400) {
        result.exit_code = 22;
        problem = fmt::format("The requested URL returned error: {}", reply.status);
      } else if (!curl.to_file) {
        result.output = reply.body;
      }
      break;
    case Reply::Kind::unknown_host:
      result.exit_code = 6;
      problem = "Could not resolve host: " + curl.host;
      break;
    case Reply::Kind::refused:
      result.exit_code = 7;
      problem =
          fmt::format("Failed to connect to {} port {} after 2 ms: Couldn't connect to server",
                      curl.host, curl.port);
      break;
    case Reply::Kind::no_tls:
      result.exit_code = 35;
      problem = "OpenSSL/3.0: error:0A00010B:SSL routines::wrong version number";
      break;
    case Reply::Kind::silent:
      result.exit_code = 28;
      result.took = std::min(curl.max_time.value_or(connect_limit), connect_limit);
      const auto milliseconds =
          std::chrono::duration_cast<std::chrono::milliseconds>(result.took).count();
      problem =
          curl.max_time
              ? fmt::format("Connection timed out after {} milliseconds", milliseconds)
              : fmt::format("Failed to connect to {} port {} after {} ms: Connection timed out",
                            curl.host, curl.port, milliseconds);
      break;
  }
  if (!curl.silent) result.error = meter(result.output.size());
  if (!problem.empty() && (!curl.silent || curl.show_error)) {
    result.error += fmt::format("curl: ({}) {}\n", result.exit_code, problem);
  }
  return result;
}

}  // namespace sim::ssm

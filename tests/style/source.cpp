#include "source.hpp"

#include <array>
#include <fstream>
#include <iterator>

namespace style {
namespace {

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == text.npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

// Copies a C++ text twice, each time with the other part blanked; newlines stay in both.
class Splitter {
 public:
  explicit Splitter(std::string_view text)
      : text_(text), code_(text.size(), ' '), comments_(text.size(), ' ') {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') code_[i] = comments_[i] = '\n';
    }
    while (at_ < text_.size()) step();
  }

  const std::string& code() const { return code_; }
  const std::string& comments() const { return comments_; }

 private:
  bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  void step() {
    if (starts("//")) return comment_until("\n");
    if (starts("/*")) return comment_until("*/");
    if (starts("R\"")) return raw_string();
    if (text_[at_] == '"') return literal('"');
    // 1'000 has a digit or a letter before its quote, a character literal has not.
    if (text_[at_] == '\'' && (at_ == 0 || !std::isalnum(byte(at_ - 1)))) return literal('\'');
    keep();
  }

  int byte(std::size_t index) const { return static_cast<unsigned char>(text_[index]); }

  void keep() {
    code_[at_] = text_[at_];
    ++at_;
  }

  void comment_until(std::string_view end) {
    auto stop = text_.find(end, at_ + 2);
    if (stop == text_.npos) stop = text_.size();
    for (; at_ < stop; ++at_) comments_[at_] = text_[at_];
  }

  void literal(char quote) {
    keep();
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') {
      at_ += text_[at_] == '\\' ? 2 : 1;
    }
    if (at_ < text_.size()) keep();
  }

  void raw_string() {
    const auto open = text_.find('(', at_);
    const auto end = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    const auto stop = text_.find(end, open);
    at_ = stop == text_.npos ? text_.size() : stop + end.size();
  }

  std::string_view text_;
  std::string code_;
  std::string comments_;
  std::size_t at_ = 0;
};

std::string read(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

bool is_text(const std::filesystem::path& path) {
  constexpr std::array extensions{".cpp",  ".hpp", ".c",  ".txt",  ".cmake", ".md",
                                  ".yaml", ".yml", ".sh", ".json", ".html",  ""};
  return std::ranges::find(extensions, path.extension().string()) != extensions.end();
}

}  // namespace

bool Source::is_cpp() const {
  return path.ends_with(".cpp") || is_header();
}

std::string Source::layer() const {
  if (!path.starts_with("src/")) return {};
  return path.substr(4, path.find('/', 4) - 4);
}

Source parse(std::string path, std::string_view text) {
  Source source{std::move(path), split_lines(text), {}, {}};
  if (source.is_cpp() || source.path.ends_with(".c")) {
    const Splitter split(text);
    source.code = split_lines(split.code());
    source.comments = split_lines(split.comments());
  }
  return source;
}

std::vector<Source> read_project(const std::filesystem::path& root) {
  std::vector<Source> sources;
  const auto add = [&](const std::filesystem::path& file) {
    if (is_text(file)) sources.push_back(parse(file.lexically_relative(root), read(file)));
  };
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    const auto name = entry.path().filename().string();
    if (entry.is_regular_file()) add(entry.path());
    if (!entry.is_directory() || name == "build" || (name.starts_with('.') && name != ".ci")) {
      continue;
    }
    for (const auto& inner : std::filesystem::recursive_directory_iterator(entry.path())) {
      if (inner.is_regular_file()) add(inner.path());
    }
  }
  std::ranges::sort(sources, {}, &Source::path);
  return sources;
}

}  // namespace style

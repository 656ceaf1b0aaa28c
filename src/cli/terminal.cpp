#include "cli/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace cli {

namespace {

constexpr std::size_t page_width = 100;
constexpr std::size_t label_width = 10;  // "operator" and a gap
constexpr std::size_t clock_width = 8;   // "104:31.2"
constexpr std::size_t chart_width = 40;

enum class Paint { plain, bold, dim, good, bad, wait };

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

class Page {
 public:
  explicit Page(Look look) : look_(look) {}

  std::string painted(std::string_view text, Paint paint) const {
    static constexpr std::string_view codes[] = {"", "1", "2", "32", "31;1", "33"};
    const auto code = codes[static_cast<std::size_t>(paint)];
    if (!look_.colours || code.empty()) return std::string(text);
    return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
  }

  void heading(std::string_view title, std::string_view note = {}) {
    text_ += "\n" + painted(title, Paint::bold);
    if (!note.empty()) text_ += "  " + painted(note, Paint::dim);
    text_ += "\n";
  }

  void line(std::string_view text) {
    text_ += text;
    text_ += "\n";
  }

  // `first` is already painted and `indent` columns wide; the rest of the text hangs below it.
  void hanging(std::string_view first, std::size_t indent, std::string_view text,
               Paint paint = Paint::plain) {
    bool start = true;
    for (const auto& part : wrapped(text, page_width - indent)) {
      text_ += start ? std::string(first) : std::string(indent, ' ');
      text_ += painted(part, paint) + "\n";
      start = false;
    }
  }

  std::string take() { return std::move(text_); }

 private:
  Look look_;
  std::string text_;
};

Paint paint_of(const Moment& moment) {
  const auto* tone = moment.detail.if_contains("tone");
  if (tone == nullptr || !tone->is_string()) return Paint::plain;
  if (tone->as_string() == "good") return Paint::good;
  if (tone->as_string() == "bad") return Paint::bad;
  if (tone->as_string() == "wait") return Paint::wait;
  return Paint::plain;
}

void moments(Page& page, const Document& document, std::string_view phase, std::string_view title,
             std::string_view note) {
  const auto wanted = [phase](const Moment& moment) {
    return moment.headline && moment.phase == phase;
  };
  if (std::none_of(document.timeline.begin(), document.timeline.end(), wanted)) return;
  page.heading(title, note);
  for (const auto& moment : document.timeline) {
    if (!wanted(moment)) continue;
    const std::string first =
        page.painted(fmt::format("{:>{}}", clock_face(moment.at), clock_width), Paint::dim) + "  " +
        page.painted(fmt::format("{:<{}}", moment.source, label_width), Paint::dim);
    page.hanging(first, clock_width + 2 + label_width, moment.text, paint_of(moment));
  }
}

// One row of the chart: '=' while calls are made, '.' while AWS makes us wait.
std::string bar(const Piece& piece, Seconds from, Seconds span) {
  std::string row(chart_width, ' ');
  const auto column = [&](Seconds at) {
    const double part = std::clamp((at - from) / span, 0.0, 1.0);
    return static_cast<std::size_t>(part * static_cast<double>(chart_width - 1));
  };
  const auto fill = [&](Seconds begin, Seconds end, char mark) {
    for (std::size_t i = column(begin); i <= column(end); ++i) row[i] = mark;
  };
  fill(*piece.started, piece.ended.value_or(from + span), '=');
  for (const auto& wait : piece.waits) {
    if (wait.seconds > span / static_cast<double>(chart_width)) {
      fill(wait.from, wait.from + wait.seconds, '.');
    }
  }
  if (piece.ended) row[column(*piece.ended)] = '=';
  return row;
}

void chart(Page& page, const Document& document) {
  const auto& strike = document.strike;
  const auto [from, to] = strike_span(strike);
  if (to <= from) return;
  page.line("");
  page.line(
      page.painted(fmt::format("{:51}0 s{:>{}.1f} s", "", to - from, chart_width - 5), Paint::dim));
  for (const auto& piece : strike.pieces) {
    if (!piece.started) continue;
    page.line(fmt::format("  {:<18} {:<29.29}|{}|{}", words(piece.type), piece.id,
                          bar(piece, from, to - from),
                          piece.ended ? fmt::format("{:5.1f} s", *piece.ended - *piece.started)
                                      : page.painted(" failed", Paint::bad)));
  }
}

void checks(Page& page, const std::vector<Check>& list, std::string_view title,
            std::string_view note) {
  if (list.empty()) return;
  page.heading(title, note);
  for (const auto& check : list) {
    page.hanging(check.ok ? "  " + page.painted("ok", Paint::good) + "    "
                          : "  " + page.painted("FAIL", Paint::bad) + "  ",
                 8, check.name, check.ok ? Paint::plain : Paint::bold);
    page.hanging(std::string(8, ' '), 8, check.evidence, Paint::dim);
  }
}

}  // namespace

std::string terminal(const Document& document, Look look) {
  Page page(look);
  const bool original = document.mode == "original";
  page.line(page.painted("falsework demo", Paint::bold) +
            page.painted(fmt::format("  seed {}  {}  {}", document.seed, document.region,
                                     original ? "with the article's own function"
                                              : "an embedded AWS on a virtual clock"),
                         Paint::dim));
  if (!look.quiet) {
    moments(page, document, "build", "Build", "CloudFormation creates the environment");
    moments(page, document, "strike", "Strike", "the function's log, from CloudWatch Logs");
    chart(page, document);
  }
  checks(page, document.checks, "Checks", "what the article looked at, and a little more");
  if (!look.quiet) moments(page, document, "delete", "Delete", "the stack goes");
  checks(page, document.leftovers, "Left behind", "after the stack was deleted");
  page.line("");
  page.hanging("", 0, verdict(document), holds(document) ? Paint::good : Paint::bad);
  return page.take();
}

std::string clock_face(Seconds at) {
  const auto tenths = static_cast<std::int64_t>(std::llround(std::max(at, 0.0) * 10));
  return fmt::format("{:02}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10);
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const auto space = text.find(' ');
    const auto word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    auto& line = lines.back();
    if (!line.empty() && columns(line) + 1 + columns(word) > width) {
      lines.emplace_back(word);
    } else {
      if (!line.empty()) line += ' ';
      line += word;
    }
  }
  return lines;
}

}  // namespace cli

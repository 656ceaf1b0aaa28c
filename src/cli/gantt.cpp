#include "cli/gantt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/html.hpp"

namespace cli {

namespace {

struct Axis {
  Seconds from = 0;
  Seconds to = 0;
  double part(Seconds at) const { return 100 * std::clamp((at - from) / (to - from), 0.0, 1.0); }
};

double step_for(Seconds span) {
  for (const double step : {1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0}) {
    if (span / step <= 7) return step;
  }
  return 300;
}

std::string reasons(const Piece& piece) {
  std::string text;
  for (const auto& wait : piece.waits) {
    if (wait.seconds < 0.05) continue;
    text += fmt::format("<li>waited {:.1f} s for {}{}</li>", wait.seconds, escaped(wait.why),
                        wait.state.empty() ? "" : fmt::format(" ({})", escaped(wait.state)));
  }
  if (piece.refusals > 0) {
    text += fmt::format("<li>refused by AWS {} time{}, asked again</li>", piece.refusals,
                        piece.refusals == 1 ? "" : "s");
  }
  if (piece.already_gone) text += "<li>was already gone</li>";
  if (!piece.ended) text += R"(<li class="bad">not struck</li>)";
  return text.empty() ? "" : "<ul>" + text + "</ul>";
}

std::string row(const Piece& piece, const Axis& axis, const std::string& floor) {
  const double left = axis.part(*piece.started);
  const double right = axis.part(piece.ended.value_or(axis.to));
  const double span = std::max(right - left, 0.6);
  std::string waits;
  for (const auto& wait : piece.waits) {
    const double a = axis.part(wait.from);
    const double b = axis.part(wait.from + wait.seconds);
    waits += fmt::format(R"(<i style="left:{:.2f}%;width:{:.2f}%"></i>)", a, std::max(b - a, 0.0));
  }
  const std::string took =
      piece.ended ? fmt::format("{:.1f} s", *piece.ended - *piece.started) : "failed";
  return fmt::format(
      R"(<li><p class="piece"><b>{}</b> <span class="took">{}</span> <code>{}</code></p>)"
      R"(<div class="track" aria-hidden="true"><b class="{}" style="left:{:.2f}%;width:{:.2f}%">)"
      R"(</b>{}{}</div>{}</li>)",
      escaped(words(piece.type)), took, escaped(piece.id), piece.ended ? "bar" : "bar broken",
      std::min(left, 99.4), span, waits, floor, reasons(piece));
}

}  // namespace

std::string gantt(const Document& document) {
  const auto [from, to] = strike_span(document.strike);
  const Axis axis{from, to};
  if (axis.to <= axis.from) return {};
  std::string ticks;
  const double step = step_for(axis.to - axis.from);
  for (double at = 0; at <= axis.to - axis.from; at += step) {
    ticks +=
        fmt::format(R"(<span style="left:{:.2f}%">{:.0f} s</span>)", axis.part(axis.from + at), at);
  }
  std::string floor;
  if (document.minimum_seconds && document.strike.ready) {
    floor = fmt::format(R"(<u style="left:{:.2f}%"></u>)",
                        axis.part(*document.strike.ready + *document.minimum_seconds));
  }
  std::string rows;
  for (const auto& piece : document.strike.pieces) {
    if (piece.started) rows += row(piece, axis, floor);
  }
  return fmt::format(
      R"(<div class="gantt"><div class="ticks" aria-hidden="true">{}</div>)"
      R"(<ol>{}</ol></div>)"
      R"(<p class="key"><span class="swatch bar"></span> calls )"
      R"(<span class="swatch wait"></span> waits for AWS{}</p>)",
      ticks, rows, floor.empty() ? "" : R"( <span class="swatch line"></span> AWS's own minimum)");
}

}  // namespace cli

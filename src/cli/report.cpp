#include "cli/report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/time.hpp"
#include "cli/drawing.hpp"
#include "cli/gantt.hpp"
#include "cli/html.hpp"
#include "cli/report_style.hpp"
#include "cli/terminal.hpp"

namespace cli {

namespace {

std::string figure(std::string_view name, std::string_view value, std::string_view note) {
  return fmt::format("<div><dt>{}</dt><dd>{}<small>{}</small></dd></div>", escaped(name),
                     escaped(value), escaped(note));
}

std::string figures(const Document& document) {
  std::string text;
  std::size_t good = 0;
  std::size_t all = 0;
  for (const auto* checks : {&document.checks, &document.leftovers}) {
    all += checks->size();
    for (const auto& check : *checks) good += check.ok ? 1 : 0;
  }
  text += figure("Checks that hold", fmt::format("{} of {}", good, all), "each with its evidence");
  if (document.strike_seconds) {
    text += figure("The strike took", fmt::format("{:.1f} s", *document.strike_seconds),
                   "from readiness held to the last piece verified");
  }
  if (document.strike_seconds && document.minimum_seconds) {
    text += figure("Over AWS's own minimum",
                   fmt::format("{:.1f} s", *document.strike_seconds - *document.minimum_seconds),
                   fmt::format("AWS alone takes {:.1f} s", *document.minimum_seconds));
  }
  text += figure("Saved", "$" + document.saving.monthly.cents(),
                 fmt::format("a month, on demand in {}", document.region));
  return "<dl class=\"figures\">" + text + "</dl>";
}

std::string network(const Document& document) {
  if (!document.before) return {};
  const auto& before = *document.before;
  const auto& after = document.after ? *document.after : before;
  const bool reached = std::any_of(
      document.checks.begin(), document.checks.end(),
      [](const Check& check) { return check.ok && check.data.contains("http_status"); });
  return fmt::format(
      R"(<section aria-labelledby="network"><h2 id="network">The network, before and after</h2>)"
      R"(<p class="lead">Drawn from what the Describe calls of EC2 and ECS answered.</p>)"
      R"(<div class="pair"><figure><h3>Before the strike</h3>{}</figure>)"
      R"(<figure><h3>After the strike</h3>{}</figure></div>)"
      R"(<p class="key"><span class="swatch"></span> stays )"
      R"(<span class="swatch temporary"></span> temporary )"
      R"(<span class="swatch ghost"></span> struck</p></section>)",
      drawing(before, before, after, {"before", "The network before the strike", ""}),
      drawing(before, after, after,
              {"after", "The network after the strike",
               reached ? "curl answers: nginx" : std::string()}));
}

std::string checks(const std::vector<Check>& list, std::string_view id, std::string_view title,
                   std::string_view lead) {
  if (list.empty()) return {};
  std::string items;
  for (const auto& check : list) {
    items +=
        fmt::format(R"(<li><span class="mark{}">{}</span><div><h3>{}</h3><p>{}</p></div></li>)",
                    check.ok ? "" : " bad", check.ok ? "holds" : "fails", escaped(check.name),
                    escaped(check.evidence));
  }
  return fmt::format(R"(<section aria-labelledby="{}"><h2 id="{}">{}</h2><p class="lead">{}</p>)"
                     R"(<div class="card"><ul class="checks">{}</ul></div></section>)",
                     id, id, escaped(title), escaped(lead), items);
}

std::string strike(const Document& document) {
  const std::string chart = gantt(document);
  if (chart.empty()) return {};
  return fmt::format(
      R"(<section aria-labelledby="strike"><h2 id="strike">The strike</h2>)"
      R"(<p class="lead">{}</p><div class="card">{}</div></section>)",
      document.mode == "original"
          ? "The article's own order of work: one call after the other, and a fixed sleep."
          : "Seconds since readiness held. Independent pieces go in parallel; a wait ends when a "
            "Describe call says so, never after a fixed time.",
      chart);
}

std::string money(const Document& document) {
  if (document.saving.prices.empty()) return {};
  std::string rows;
  const auto dollars = [](base::Money amount, std::int64_t times) {
    return fmt::format("${}", (amount * times).cents());
  };
  for (const auto& price : document.saving.prices) {
    rows += fmt::format(
        R"(<tr><td>{}<br><code>{}</code></td><td class="num">${:.3f}</td><td class="num">{}</td></tr>)",
        escaped(price.what), escaped(price.id),
        static_cast<double>(price.hourly.micro_dollars()) / 1e6, dollars(price.hourly, 730));
  }
  return fmt::format(
      R"(<section aria-labelledby="money"><h2 id="money">Money saved</h2>)"
      R"(<p class="lead">What the struck pieces would have cost for standing there: a NAT gateway )"
      R"(is billed for every hour that it exists, and so is a public address. Traffic is not )"
      R"(counted; routes and internet gateways are free.</p>)"
      R"(<div class="card"><table><thead><tr><th scope="col">Piece</th>)"
      R"(<th scope="col" class="num">an hour</th><th scope="col" class="num">a month</th></tr>)"
      R"(</thead><tbody>{}</tbody><tfoot><tr><td>Together</td><td class="num">${:.3f}</td>)"
      R"(<td class="num">${}</td></tr></tfoot></table></div></section>)",
      rows, static_cast<double>(document.saving.hourly.micro_dollars()) / 1e6,
      document.saving.monthly.cents());
}

std::string timeline(const Document& document) {
  std::string rows;
  for (const auto& moment : document.timeline) {
    rows +=
        fmt::format("<tr{}><td><code>{}</code></td><td>{}</td><td>{}{}</td></tr>",
                    moment.headline ? "" : " class=\"quiet\"", clock_face(moment.at),
                    escaped(moment.source), escaped(moment.text),
                    moment.subject.empty() || moment.text.find(moment.subject) != std::string::npos
                        ? ""
                        : fmt::format(" <code>{}</code>", escaped(moment.subject)));
  }
  return fmt::format(
      R"(<details><summary>The whole timeline: {} moments in {}</summary><table><thead><tr>)"
      R"(<th scope="col">clock</th><th scope="col">source</th><th scope="col">what happened</th>)"
      R"(</tr></thead><tbody>{}</tbody></table></details>)",
      document.timeline.size(), base::human(base::from_seconds(document.virtual_seconds)), rows);
}

}  // namespace

std::string report(const Document& document) {
  const bool original = document.mode == "original";
  const std::string title =
      original ? "The article's function, strike of seed " + std::to_string(document.seed)
               : "The falsework is struck";
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"generator\" content=\"falsework {}\">\n<title>Falsework: {}</title>\n"
      "<style>{}</style>\n</head>\n<body>\n<header><h1>{}</h1><p class=\"lead\">{}</p>"
      "<p class=\"verdict{}\" role=\"status\">{}</p>{}</header>\n<main>\n{}\n{}\n{}\n{}\n{}\n{}\n"
      "</main>\n<footer>{}</footer>\n</body>\n</html>\n",
      escaped(document.version), escaped(title), report_style,
      holds(document) ? escaped(title) : "The strike did not hold",
      escaped(fmt::format(
          "A stack was built with a NAT gateway, an Elastic IP and an internet gateway that it "
          "needs "
          "only to pull its first image. Once its service stood by itself, {} took them away. "
          "Stack {}, seed {}, {} on the clock of the embedded AWS.",
          original ? "the article's function" : "Falsework", document.stack, document.seed,
          base::human(base::from_seconds(document.virtual_seconds)))),
      holds(document) ? "" : " bad", escaped(verdict(document)), figures(document),
      network(document), strike(document),
      checks(document.checks, "checks", "The checks",
             "What the article looked at after its stack was built, and that nothing else was "
             "touched."),
      money(document),
      checks(document.leftovers, "left", "Nothing left behind",
             "After the stack was deleted again."),
      timeline(document),
      escaped(fmt::format("falsework {}, seed {}. The same seed gives the same page.",
                          document.version, document.seed)));
}

}  // namespace cli

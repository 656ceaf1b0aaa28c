#include "cli/report_style.hpp"

namespace cli {

// Amber is what is temporary, slate what stays, green what holds. Contrast is at least 4.5 to 1 for
// text in both schemes.
const std::string_view report_style = R"css(
:root {
  color-scheme: light dark;
  --paper: #f7f5f0; --card: #ffffff; --ink: #1c2530; --soft: #5a6572; --line: #ddd8cd;
  --slate: #33526e; --slate-fill: #e9f0f6; --amber: #9a5200; --amber-fill: #fdf0dc;
  --amber-bar: #d9822b; --good: #18713a; --good-fill: #e6f4ea; --bad: #b3261e; --bad-fill: #fbe9e7;
  --ghost: #8b8375;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #11151a; --card: #1a2027; --ink: #e7eaee; --soft: #a3aebb; --line: #303945;
    --slate: #a9c6e2; --slate-fill: #22303e; --amber: #f2b366; --amber-fill: #3a2b17;
    --amber-bar: #d98a35; --good: #7fd69a; --good-fill: #18301f; --bad: #ff9d94;
    --bad-fill: #3b1d1b; --ghost: #8d97a3;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
}
main, header, footer { max-width: 1120px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 40px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 6px; letter-spacing: -0.01em; }
h2 { font-size: 20px; margin: 44px 0 4px; }
h3 { font-size: 15px; margin: 0 0 10px; color: var(--soft); font-weight: 600; }
p { margin: 0 0 12px; }
.lead { color: var(--soft); max-width: 72ch; }
code, .id, td.num { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { font-size: 0.86em; overflow-wrap: anywhere; }
.verdict {
  margin: 20px 0 0; padding: 14px 18px; border-radius: 10px; font-weight: 600;
  background: var(--good-fill); color: var(--good); border-left: 6px solid currentColor;
}
.verdict.bad { background: var(--bad-fill); color: var(--bad); }
.figures {
  display: grid; grid-template-columns: repeat(4, 1fr); gap: 14px; margin: 18px 0 0; padding: 0;
}
.figures div {
  background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px;
}
.figures dt { color: var(--soft); font-size: 14px; }
.figures dd { margin: 2px 0 0; font-size: 26px; font-weight: 650; line-height: 1.2; }
.figures small { display: block; font-size: 13px; font-weight: 400; color: var(--soft); margin-top: 3px; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 18px; margin-top: 14px; }
.card, .pair > figure {
  margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 18px; min-width: 0;
}
svg.map { display: block; width: 100%; height: auto; }
svg.map text { font-size: 12.5px; fill: var(--ink); font-family: inherit; }
svg.map .vpc { fill: none; stroke: var(--slate); stroke-width: 1.5; }
svg.map .subnet { fill: var(--paper); stroke: var(--line); }
svg.map .name { font-weight: 600; }
svg.map .label { fill: var(--slate); font-weight: 600; }
svg.map .note, svg.map .chip .id { fill: var(--soft); font-size: 11.5px; }
svg.map .cloud { fill: var(--card); stroke: var(--soft); stroke-dasharray: 2 3; }
svg.map text.cloud-name { fill: var(--soft); }
svg.map .chip text { text-anchor: middle; }
svg.map .chip rect { fill: var(--slate-fill); stroke: var(--slate); }
svg.map .chip text:first-of-type { font-weight: 600; }
svg.map .chip.temporary rect { fill: var(--amber-fill); stroke: var(--amber); }
svg.map .chip.ghost rect { fill: var(--card); stroke: var(--ghost); stroke-dasharray: 4 4; }
svg.map .chip.ghost text, svg.map .route.ghost { fill: var(--ghost); text-decoration: line-through; }
svg.map text.route { font: 11px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
svg.map .route.temporary { fill: var(--amber); font-weight: 600; }
svg.map .edge { fill: none; stroke: var(--slate); stroke-width: 1.8; color: var(--slate); }
svg.map .edge.temporary { stroke: var(--amber-bar); color: var(--amber-bar); }
svg.map .edge.ghost { display: none; }
svg.map .edge.reach { stroke: var(--good); color: var(--good); }
svg.map .tip { fill: context-stroke; }
svg.map text.reach-note { fill: var(--good); font-weight: 600; font-size: 12px; }
.key { color: var(--soft); font-size: 14px; margin: 12px 0 0; }
.swatch {
  display: inline-block; width: 18px; height: 11px; border-radius: 3px; margin: 0 4px 0 12px;
  border: 1px solid var(--slate); background: var(--slate-fill);
}
.swatch:first-child { margin-left: 0; }
.swatch.temporary { border-color: var(--amber); background: var(--amber-fill); }
.swatch.ghost { border: 1px dashed var(--ghost); background: none; }
.swatch.bar { border: 0; background: var(--slate); }
.swatch.wait, .track i {
  background: repeating-linear-gradient(-45deg, var(--amber-bar) 0 4px, var(--amber-fill) 4px 8px);
}
.swatch.wait { border: 0; }
.swatch.line { border: 0; background: var(--good); width: 2px; height: 14px; vertical-align: -2px; }
.gantt { position: relative; }
.gantt ol, .gantt ul, .checks { list-style: none; margin: 0; padding: 0; }
.gantt > ol > li { padding: 10px 0; border-top: 1px solid var(--line); position: relative; }
.ticks { position: relative; height: 22px; font-size: 12px; color: var(--soft); }
.ticks span { position: absolute; transform: translateX(-50%); white-space: nowrap; }
.ticks span:first-child { transform: none; }
.track u { position: absolute; top: -3px; bottom: -3px; width: 2px; background: var(--good); }
.piece { margin: 0 0 6px; font-size: 15px; }
.piece code { color: var(--soft); }
.took { font-variant-numeric: tabular-nums; margin: 0 6px; }
.track { position: relative; height: 16px; background: var(--paper); border-radius: 4px; }
.track b, .track i { position: absolute; top: 0; bottom: 0; border-radius: 3px; }
.track b { background: var(--slate); min-width: 4px; }
.track b.broken { background: var(--bad); }
.gantt ul { margin: 6px 0 0; font-size: 14px; color: var(--soft); }
.bad { color: var(--bad); }
.checks > li {
  display: grid; grid-template-columns: 64px 1fr; gap: 0 14px; padding: 12px 0;
  border-top: 1px solid var(--line);
}
.checks > li:first-child, .gantt > ol > li:first-child { border-top: 0; }
.checks h3 { color: var(--ink); margin: 0; font-size: 16px; }
.checks p { color: var(--soft); margin: 2px 0 0; font-size: 15px; overflow-wrap: anywhere; }
.mark {
  justify-self: start; align-self: start; font-size: 13px; font-weight: 700; border-radius: 20px;
  padding: 2px 12px; background: var(--good-fill); color: var(--good);
}
.mark.bad { background: var(--bad-fill); color: var(--bad); }
table { border-collapse: collapse; width: 100%; font-size: 15px; }
th, td { text-align: left; padding: 7px 10px 7px 0; border-top: 1px solid var(--line); vertical-align: top; }
thead th { border-top: 0; color: var(--soft); font-weight: 600; font-size: 14px; }
td.num, th.num { text-align: right; padding: 7px 0 7px 14px; white-space: nowrap; font-variant-numeric: tabular-nums; }
tfoot td { font-weight: 650; border-top: 2px solid var(--line); }
details { margin-top: 44px; }
summary { cursor: pointer; font-size: 20px; font-weight: 700; }
details table { font-size: 14px; margin-top: 10px; }
details td { overflow-wrap: anywhere; }
details td:first-child { white-space: nowrap; }
details tr.quiet td { color: var(--soft); }
footer { color: var(--soft); font-size: 14px; padding-top: 36px; padding-bottom: 48px; }
:focus-visible { outline: 3px solid var(--amber-bar); outline-offset: 2px; }
@media (max-width: 860px) {
  .pair { grid-template-columns: 1fr; }
  .figures { grid-template-columns: 1fr 1fr; }
}
@media (max-width: 520px) {
  main, header, footer { padding-left: 16px; padding-right: 16px; }
  header { padding-top: 24px; }
  h1 { font-size: 24px; }
  .card, .pair > figure { padding: 12px; }
  .figures { gap: 10px; }
  .figures dd { font-size: 21px; }
  .checks > li { grid-template-columns: 1fr; gap: 6px; }
  details td:nth-child(2), details th:nth-child(2) { display: none; }
}
@media print { details:not([open]) > table { display: table; } body { background: #fff; } }
)css";

}  // namespace cli

// The page's style. Colours are Okabe and Ito's, which people with any kind of colour vision can tell apart
// (https://jfly.uni-koeln.de/color/); limits differ by their dashes.
#include "governor/cli/recording/page_parts.h"

namespace memgov::cli {

const std::string_view kPageStyle = R"css(
:root { color-scheme: light dark; --page: #fff; --box: #f5f6f7; --text: #1b1e22; --dim: #5a6270; --grid: #dcdfe4;
  --s0: #0072b2; --s1: #d55e00; --s2: #009e73; --s3: #b8578f; --s4: #56b4e9; --s5: #e69f00; --s6: #c8b900;
  --s7: #6b4fa0; --s8: #a0a6ae; --limit: #1b1e22; --calm: #b9c2cc; --soft: #e69f00; --hard: #d55e00; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14171a; --box: #1d2125; --text: #e8eaed; --dim: #a3abb6; --grid: #343a41;
    --s0: #4aa8e0; --s1: #f0803c; --s2: #1fbf92; --s3: #de8fbd; --s4: #8ed0f7; --s5: #e9b23f; --s6: #f0e442;
    --s7: #a78fe0; --s8: #7d858f; --limit: #e8eaed; --calm: #4a525b; --soft: #e9b23f; --hard: #f0803c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 16px 24px 48px; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 8px 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 0 0 4px; }
p.note, p.about { margin: 0 0 8px; color: var(--dim); overflow-wrap: anywhere; }
ul.words { padding-left: 20px; margin: 16px 0; }
dl.head { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 8px; margin: 16px 0; }
dl.head div { background: var(--box); border-radius: 6px; padding: 8px 12px; }
dl.head dt { color: var(--dim); font-size: .85rem; }
dl.head dd { margin: 0; font-size: 1.25rem; font-weight: 600; }
section { margin: 32px 0 0; }
ul.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 0 0 8px; padding: 0; }
ul.legend li { overflow-wrap: anywhere; }
ul.legend small { color: var(--dim); }
.key { display: inline-block; width: 18px; height: 10px; border-radius: 2px; background: var(--c); margin-right: 6px; }
.key.dots { height: 0; border-radius: 0; background: none; border-top: 3px dotted var(--c); vertical-align: middle; }
.key.soft, .key.hard, .key.container { height: 0; border-radius: 0; background: none; vertical-align: middle; }
.key.soft { border-top: 2px dotted var(--limit); } .key.hard { border-top: 2px dashed var(--limit); }
.key.container { border-top: 2px solid var(--limit); }
.frame { display: grid; grid-template-columns: 74px 1fr; }
.values { position: relative; font-size: .8rem; color: var(--dim); }
.values span { position: absolute; right: 8px; transform: translateY(-50%); white-space: nowrap; }
.values.lanes { display: flex; flex-direction: column; }
.values.lanes span { position: static; flex: 1; transform: none; display: flex; align-items: center; padding-right: 8px;
  justify-content: flex-end; overflow: hidden; font-size: .75rem; }
.plot { position: relative; height: 260px; background: var(--box); touch-action: pan-y; }
.plot:focus-visible { outline: 2px solid var(--s0); outline-offset: 2px; }
.plot svg { display: block; width: 100%; height: 100%; pointer-events: none; }
.times { grid-column: 2; position: relative; height: 24px; font-size: .8rem; color: var(--dim); }
.times span { position: absolute; top: 4px; transform: translateX(-50%); white-space: nowrap; }
.grid { stroke: var(--grid); stroke-width: 1; vector-effect: non-scaling-stroke; fill: none; }
.line { stroke: var(--c); stroke-width: 2; fill: none; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.band { stroke: var(--c); stroke-width: 2.6; opacity: .3; fill: none; vector-effect: non-scaling-stroke; }
.line.dots { stroke-dasharray: 3 3; }
.line.soft, .line.hard, .line.container { stroke: var(--limit); stroke-width: 1.5; }
.line.soft { stroke-dasharray: 2 4; } .line.hard { stroke-dasharray: 9 5; }
.area { fill: var(--c); stroke: var(--box); stroke-width: 1; vector-effect: non-scaling-stroke; }
.mark { stroke: var(--c); stroke-width: 2; fill: none; vector-effect: non-scaling-stroke; }
.s0 { --c: var(--s0); } .s1 { --c: var(--s1); } .s2 { --c: var(--s2); } .s3 { --c: var(--s3); }
.s4 { --c: var(--s4); } .s5 { --c: var(--s5); } .s6 { --c: var(--s6); } .s7 { --c: var(--s7); } .s8 { --c: var(--s8); }
.rung0 { fill: var(--calm); } .rung1 { fill: var(--soft); } .rung2 { fill: var(--hard); }
.cross { position: absolute; top: 0; bottom: 0; width: 1px; background: var(--text); pointer-events: none; }
.tip { position: absolute; top: 4px; z-index: 1; max-width: 100%; padding: 6px 10px; border-radius: 6px; font-size: .8rem;
  line-height: 1.35; background: var(--page); border: 1px solid var(--grid); pointer-events: none; white-space: nowrap;
  box-shadow: 0 2px 8px #0004; }
.tip b { display: block; } .tip div { display: flex; justify-content: space-between; gap: 14px; }
.tip div span { overflow: hidden; text-overflow: ellipsis; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 10px; text-align: right; border-bottom: 1px solid var(--grid); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; white-space: normal; overflow-wrap: anywhere;
  min-width: 8em; }
th { color: var(--dim); font-weight: 600; }
summary { cursor: pointer; }
footer { margin-top: 32px; color: var(--dim); font-size: .85rem; }
@media (max-width: 640px) {
  main { padding: 8px 12px 32px; }
  .frame { grid-template-columns: 60px 1fr; }
  .plot { height: 220px; }
  .times .minor { display: none; }
  .values.lanes span { padding-right: 6px; font-size: .68rem; }
  dl.head { grid-template-columns: 1fr 1fr; }
}
)css";

}  // namespace memgov::cli

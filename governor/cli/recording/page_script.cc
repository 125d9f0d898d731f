// The page's script: what is under the pointer or the finger, or at the place that the arrow keys chose.
#include "governor/cli/recording/page_parts.h"

namespace memgov::cli {

const std::string_view kPageScript = R"js(
'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const length = data.t.length ? data.t[data.t.length - 1] : 0;

function bytes(kilobytes) {
  let value = kilobytes * 1024, unit = 0;
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
  while (value >= 1024 && unit < 5) { value /= 1024; ++unit; }
  return value.toFixed(unit ? 1 : 0) + ' ' + units[unit];
}

function figure(value, unit) {
  if (value === null) return '-';
  if (unit === 'bytes') return bytes(value);
  return unit === 'rung' ? ['normal', 'soft', 'hard'][value] : value.toLocaleString('en', {maximumFractionDigits: 1});
}

function row(name, text) {
  const line = document.createElement('div'), left = document.createElement('span'), right = document.createElement('span');
  left.textContent = name;
  right.textContent = text;
  line.append(left, right);
  return line;
}

function nearest(seconds) {
  let low = 0, high = data.t.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (data.t[middle] < seconds) low = middle + 1; else high = middle;
  }
  return low > 0 && seconds - data.t[low - 1] < data.t[low] - seconds ? low - 1 : low;
}

for (const plot of document.querySelectorAll('.plot')) {
  const chart = data.charts[plot.dataset.chart];
  if (!chart || !data.t.length) continue;
  let at = -1, cross = null, tip = null;

  function hide() {
    if (cross) { cross.remove(); tip.remove(); }
    cross = tip = null;
  }

  function show(index) {
    hide();
    at = Math.max(0, Math.min(data.t.length - 1, index));
    const part = length ? data.t[at] / length : 0;
    cross = document.createElement('div');
    cross.className = 'cross';
    cross.style.left = 100 * part + '%';
    tip = document.createElement('div');
    tip.className = 'tip';
    tip.style[part < .5 ? 'right' : 'left'] = '4px';
    tip.setAttribute('role', 'status');
    const time = document.createElement('b');
    time.textContent = new Date(data.start_ms + 1000 * data.t[at]).toISOString().slice(11, 21) + ' UTC, ' +
      data.t[at].toFixed(1) + ' s';
    tip.append(time, ...chart.names.map((name, series) => row(name, figure(chart.v[series][at], chart.unit))));
    plot.append(cross, tip);
  }

  function point(event) {
    const box = plot.getBoundingClientRect();
    show(nearest(length * (event.clientX - box.left) / box.width));
  }
  plot.addEventListener('pointermove', point);
  plot.addEventListener('pointerdown', point);
  plot.addEventListener('pointerleave', hide);
  plot.addEventListener('blur', hide);
  plot.addEventListener('keydown', event => {
    const step = {ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20}[event.key];
    if (event.key === 'Escape') hide();
    if (!step) return;
    event.preventDefault();
    show(at + step);
  });
}
)js";

}  // namespace memgov::cli

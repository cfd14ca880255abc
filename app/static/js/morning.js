// Draws the charts of the morning out of the tables that stand beside them.
// Without this script there are the tables. Nothing moves, so nobody has to ask for less motion.
(() => {
  "use strict";
  if (typeof uPlot === "undefined") { return; }
  const HEIGHT = 200;
  const day = (text) => Date.parse(`${text}T00:00:00Z`) / 1000;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    const of = (name) => style.getPropertyValue(name).trim();
    return { ink: of("--ink-2"), rule: of("--rule"), line: of("--meter"), other: of("--ink"), bad: of("--err") };
  };

  const rowsOf = (figure) => {
    const table = document.getElementById(figure.dataset.table);
    const rows = [...table.querySelectorAll("tbody tr")];
    return rows.sort((one, two) => one.dataset.x.localeCompare(two.dataset.x));
  };

  const column = (rows, name) => rows.map((row) => {
    const cell = row.querySelector(`[data-${name}]`);
    return cell ? Number(cell.dataset[name]) : null;
  });

  const nameOf = (figure, place) => {
    const heads = document.getElementById(figure.dataset.table).querySelectorAll("thead [data-name]");
    return heads[place].dataset.name;
  };

  const KINDS = {
    members: (figure, rows, c) => ({
      data: [column(rows, "members"), column(rows, "needed")],
      series: [
        { label: nameOf(figure, 0), stroke: c.line, width: 2, points: { show: false } },
        { label: nameOf(figure, 1), stroke: c.other, width: 1, dash: [6, 4], points: { show: false } },
      ],
    }),
    net: (figure, rows, c) => ({
      data: [column(rows, "net")],
      series: [{ label: nameOf(figure, 2), stroke: c.line, fill: c.line, paths: uPlot.paths.bars({ size: [0.7, 20] }), points: { show: false } }],
      zero: true,
    }),
    money: (figure, rows, c) => ({
      data: [column(rows, "money")],
      series: [{ label: nameOf(figure, 0), stroke: c.line, fill: c.line, paths: uPlot.paths.bars({ size: [0.7, 30] }), points: { show: false } }],
      zero: true,
      money: figure.dataset.currency,
    }),
  };

  const numbers = (figure, currency) => {
    const options = { maximumFractionDigits: 0, notation: currency ? "compact" : "standard" };
    if (!currency) { return (value) => new Intl.NumberFormat(figure.dataset.language, options).format(value); }
    const whole = new Intl.NumberFormat(figure.dataset.language, { style: "currency", currency });
    const digits = whole.resolvedOptions().maximumFractionDigits;
    const short = new Intl.NumberFormat(figure.dataset.language, options);
    return (value) => short.format(value / 10 ** digits);
  };

  const draw = (figure) => {
    const rows = rowsOf(figure);
    const c = colours();
    const kind = KINDS[figure.dataset.chart](figure, rows, c);
    const number = numbers(figure, kind.money);
    const days = new Intl.DateTimeFormat(figure.dataset.language, { day: "numeric", month: "short", timeZone: "UTC" });
    const said = (value) => (value === null || value === undefined ? "–" : number(value));
    const stamps = rows.map((row) => day(row.dataset.x));
    const room = kind.zero ? (stamps[1] - stamps[0]) / 2 : 0;
    const axis = { stroke: c.ink, grid: { stroke: c.rule, width: 1 }, ticks: { stroke: c.rule, width: 1 }, font: "13px \"Source Sans 3\", sans-serif" };
    const options = {
      width: Math.floor(figure.clientWidth - 18),
      height: HEIGHT,
      tzDate: (stamp) => uPlot.tzDate(new Date(stamp * 1000), "Etc/UTC"),
      scales: { x: { time: true, range: (_plot, low, high) => [low - room, high + room] }, y: kind.zero ? { range: (_plot, low, high) => [Math.min(0, low), Math.max(1, high)] } : {} },
      cursor: { drag: { x: false, y: false } },
      legend: { isolate: false },
      series: [
        { label: document.getElementById(figure.dataset.table).querySelector("thead th").textContent, value: (_plot, stamp) => (stamp === null ? "–" : days.format(new Date(stamp * 1000))) },
        ...kind.series.map((one) => ({ ...one, value: (_plot, value) => said(value) })),
      ],
      axes: [
        { ...axis, values: (_plot, splits) => splits.map((stamp) => days.format(new Date(stamp * 1000))), space: 70 },
        { ...axis, size: 64, values: (_plot, splits) => splits.map(number) },
      ],
    };
    const plot = new uPlot(options, [stamps, ...kind.data], figure);
    plot.root.setAttribute("aria-hidden", "true");
    plot.root.querySelectorAll("[tabindex]").forEach((one) => one.removeAttribute("tabindex"));
  };

  const figures = [...document.querySelectorAll("figure[data-chart]")].filter((one) => rowsOf(one).length > 1);
  const all = () => {
    figures.forEach((one) => { one.querySelector(".uplot")?.remove(); one.hidden = false; });
    figures.forEach(draw);
  };
  let later = 0;
  let width = innerWidth;
  all();
  dark.addEventListener("change", all);
  addEventListener("beforeprint", all);
  addEventListener("resize", () => {
    if (width === innerWidth) { return; }
    width = innerWidth;
    clearTimeout(later);
    later = setTimeout(all, 150);
  });
})();

// What a reader can do on the page: change the theme, search tables, and use the figures, which are pictures
// until they are scrolled to.
(() => {
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const live = new Map();

  const setTheme = (theme) => {
    root.dataset.theme = theme;
    document.getElementById('theme').textContent = theme === 'dark' ? 'Light theme' : 'Dark theme';
    for (const [plot, figure] of live) Plotly.react(plot, figure.data, themed(figure.layout), CONFIG);
  };

  // Figures are drawn on the page's own ground: their ink, grid and ground follow the theme.
  const themed = (layout) => {
    const style = getComputedStyle(root);
    const colour = (name) => style.getPropertyValue(name).trim();
    const [ink, line, ground] = ['--ink', '--line', '--ground'].map(colour);
    const axis = { color: ink, gridcolor: line, linecolor: ink, tickcolor: ink, zerolinecolor: ink };
    const own = structuredClone(layout);
    for (const name of Object.keys(own))
      if (/^[xy]axis\d*$/.test(name)) own[name] = { ...own[name], ...axis };
    for (const note of own.annotations ?? []) note.font = { ...note.font, color: ink };
    delete own.width;
    if (innerWidth < NARROW) ('xaxis2' in own ? stack : fit)(own);
    if (innerWidth < ONE_COLUMN && own.title) breakTitles(own);
    if (innerWidth < NARROW) menuAbove(own);
    return {
      ...own,
      autosize: true,
      paper_bgcolor: ground,
      plot_bgcolor: ground,
      font: { ...own.font, color: ink },
    };
  };

  // A phone shows one panel below the other; a single one fits if its numbers are few and upright.
  const NARROW = 640;
  // Below it the contents stand above the report (60rem in report.css), and long titles need two lines.
  const ONE_COLUMN = 960;
  const fit = (own) => {
    own.margin = { ...own.margin, l: 8, r: 8 };
    if (own.xaxis) own.xaxis = { ...own.xaxis, tickangle: 0, nticks: 4, title: undefined };
    if (own.yaxis) own.yaxis = { ...own.yaxis, tickfont: { ...own.yaxis.tickfont, size: 9 } };
  };

  // Panels keep their height and what the first of their row says of the vertical axis.
  const GAP = 64;
  const stack = (own) => {
    const names = Object.keys(own).filter((name) => /^xaxis\d*$/.test(name));
    const axis = (name) => (name[0] === 'x' ? `xaxis${name.slice(1)}` : `yaxis${name.slice(1)}`);
    const before = own.height - own.margin.t - own.margin.b;
    const panels = names.map((name) => {
      const y = axis(own[name].anchor ?? 'y');
      const [low, high] = own[y].domain ?? [0, 1];
      return { x: name, y, height: before * (high - low) };
    });
    const whole = panels.reduce((sum, { height }) => sum + height, GAP * (panels.length - 1));
    let top = whole;
    let first = {};
    for (const { x, y, height } of panels) {
      if ((own[x].domain?.[0] ?? 0) === 0) first = own[y];
      own[x] = { ...own[x], domain: [0, 1], title: { ...own[x].title, standoff: 4 } };
      own[y] = {
        ...own[y],
        domain: [(top - height) / whole, top / whole],
        title: own[y].title?.text ? own[y].title : first.title,
        showticklabels: true,
        ticks: first.ticks,
        tickfont: { ...own[y].tickfont, size: 10 },
      };
      top -= height + GAP;
    }
    if (own.legend?.y < 0) own.legend = { ...own.legend, y: (own.legend.y * before) / whole };
    own.height += whole - before;
    own.margin = { ...own.margin, l: 8, r: 16 };
  };

  // A title begins at the left edge and breaks into as many lines as are seen whole; a letter of 12 pixels is
  // about 6 wide. So do the titles that a menu brings.
  const lines = (text) => {
    const room = (innerWidth - 48) / 6.2;
    return text.split(' ').reduce(
      (found, word) => {
        const line = `${found.at(-1)} ${word}`.trim();
        return line.length > room && found.at(-1) !== '' ? [...found, word] : [...found.slice(0, -1), line];
      },
      [''],
    );
  };
  const broken = (title) => ({
    ...title,
    text: lines(title.text).join('<br>'),
    font: { ...title.font, size: 12 },
    xref: 'container',
    pad: { l: 8 },
  });
  const buttons = (own) => (own.updatemenus ?? []).flatMap((menu) => menu.buttons);
  const breakTitles = (own) => {
    const texts = [own, ...buttons(own).map(({ args }) => args[1])].map(({ title }) => title.text);
    const most = Math.max(...texts.map((text) => lines(text).length));
    own.title = broken(own.title);
    for (const { args } of buttons(own)) args[1].title = broken(args[1].title);
    own.margin = { ...own.margin, t: own.margin.t + 16 * (most - 1) };
  };

  // Below the figure the legend takes the width of a phone, so the menu goes between title and panels.
  const MENU_HEIGHT = 40;
  const menuAbove = (own) => {
    if (own.updatemenus === undefined) return;
    const place = { y: 1, yanchor: 'bottom', direction: 'down', pad: { b: 6 } };
    own.updatemenus = own.updatemenus.map((menu) => ({ ...menu, ...place }));
    own.margin = { ...own.margin, t: own.margin.t + MENU_HEIGHT };
    own.height += MENU_HEIGHT;
    // Titles of axes stay as they were fitted to the width, unless the choice changes what they say.
    const all = buttons(own).map(({ args }) => args[1]);
    const names = Object.keys(all[0]).filter((name) => /axis\d*\.title$/.test(name));
    for (const name of names)
      if (new Set(all.map((changes) => changes[name]?.text)).size === 1)
        for (const changes of all) delete changes[name];
  };

  const download = (format, title) => ({
    name: title,
    title,
    icon: Plotly.Icons.camera,
    click: (plot) =>
      Plotly.downloadImage(plot, { format, filename: plot.dataset.figure, scale: format === 'png' ? 2 : 1 }),
  });
  const CONFIG = {
    displaylogo: false,
    responsive: true,
    modeBarButtonsToRemove: ['toImage', 'lasso2d', 'select2d'],
    modeBarButtonsToAdd: [download('png', 'Download as PNG'), download('svg', 'Download as SVG')],
  };

  const draw = (plot) => {
    const figure = JSON.parse(document.getElementById(`data-${plot.dataset.figure}`).textContent);
    plot.replaceChildren();
    plot.classList.add('live');
    live.set(plot, figure);
    Plotly.newPlot(plot, figure.data, themed(figure.layout), CONFIG);
  };
  const watch = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        watch.unobserve(target);
        draw(target);
      }
    },
    { rootMargin: '200px' },
  );

  // Rows that a cell spans stay together.
  const groups = (body) => {
    const found = [];
    let left = 0;
    for (const row of body.rows) {
      if (left === 0) {
        found.push([]);
        left = Math.max(1, ...Array.from(row.cells, (cell) => cell.rowSpan));
      }
      found.at(-1).push(row);
      left -= 1;
    }
    return found;
  };
  const search = (input) => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const rows of groups(input.closest('.searchable').querySelector('tbody'))) {
      const text = rows.map((row) => row.textContent.toLowerCase()).join(' ');
      for (const row of rows) row.hidden = !words.every((word) => text.includes(word));
    }
  };

  // On a phone a row of these tables is a card, which names each value.
  for (const table of document.querySelectorAll('.cards table')) {
    const names = Array.from(table.tHead.rows[0].cells, (cell) => cell.textContent);
    for (const row of table.tBodies[0].rows)
      Array.from(row.cells).forEach((cell, i) => (cell.dataset.column = names[i]));
  }

  document.getElementById('theme').addEventListener('click', () => {
    setTheme(root.dataset.theme === 'dark' ? 'light' : 'dark');
  });
  for (const input of document.querySelectorAll('input[type=search]'))
    input.addEventListener('input', () => search(input));
  setTheme(dark.matches ? 'dark' : 'light');
  for (const plot of document.querySelectorAll('.plot')) watch.observe(plot);
})();

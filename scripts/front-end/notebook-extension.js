/** @file Draws `application/vnd.plotly.v1+json` in the classic Notebook 6 (an AMD module that it loads by name). */
define(['base/js/namespace', 'require'], (Jupyter, require) => {
  const MIME = 'application/vnd.plotly.v1+json';
  // A whole address: require.js adds no `.js` to what begins with a slash.
  const plotly = require.toUrl('./plotly.min.js');

  function render(figure, _metadata, element) {
    const node = document.createElement('div');
    element.append(node);
    require([plotly], (exported) => {
      const library = exported || window.Plotly;
      library.newPlot(node, figure.data, figure.layout, {
        responsive: true,
        displaylogo: false,
        ...figure.config,
      });
    });
    return element;
  }

  function start() {
    const areas = Jupyter.notebook
      .get_cells()
      .map((cell) => cell.output_area)
      .filter(Boolean);
    const [first] = areas;
    if (!first) return;
    first.register_mime_type(MIME, render, { safe: true, index: 0 });
    // Outputs that were drawn before this extension came: draw them again.
    for (const area of areas) {
      if (!area.outputs.some((output) => output.data?.[MIME])) continue;
      const outputs = area.toJSON();
      area.clear_output(false, true);
      area.fromJSON(outputs, {});
    }
  }

  return {
    load_ipython_extension: () => {
      if (Jupyter.notebook._fully_loaded) start();
      else Jupyter.notebook.events.on('notebook_loaded.Notebook', start);
    },
  };
});

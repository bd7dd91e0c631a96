/**
 * @file Draws `application/vnd.plotly.v1+json` in JupyterLab 4: a prebuilt extension written by hand.
 *
 * JupyterLab loads an extension as a container of webpack's module federation: an object with `init(shareScope)` and
 * `get(module)`. That is the whole contract, so no bundler is needed. plotly.min.js stands beside this file.
 */
(() => {
  const NAME = 'sightline-plotly';
  const MIME = 'application/vnd.plotly.v1+json';
  const folder = document.currentScript.src.replace(/[^/]*$/, '');
  let shareScope;
  let plotly;

  /** Loads plotly once, and only when a figure is there to draw. */
  function loadPlotly() {
    plotly ??= new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = `${folder}plotly.min.js`;
      script.onload = () => resolve(window.Plotly);
      script.onerror = () => reject(new Error(`could not load ${script.src}`));
      document.head.append(script);
    });
    return plotly;
  }

  /** A module that JupyterLab shares; it registers exactly one version of its own. */
  async function shared(name) {
    const [entry] = Object.values(shareScope[name]);
    return (await entry.get())();
  }

  async function mimeExtension() {
    const { Widget } = await shared('@lumino/widgets');
    class PlotlyWidget extends Widget {
      async renderModel(model) {
        const { data, layout, config } = model.data[MIME];
        const { react } = await loadPlotly();
        await react(this.node, data, layout, { responsive: true, displaylogo: false, ...config });
      }

      onResize() {
        if (this.node.data && window.Plotly) window.Plotly.Plots.resize(this.node);
      }
    }
    return {
      id: `${NAME}:mime`,
      dataType: 'json',
      // Before PNG and HTML of the same output.
      rank: 0,
      rendererFactory: { safe: true, mimeTypes: [MIME], createRenderer: () => new PlotlyWidget() },
    };
  }

  window._JUPYTERLAB ??= {};
  window._JUPYTERLAB[NAME] = {
    init: (scope) => {
      shareScope = scope;
    },
    get: async () => {
      const extension = await mimeExtension();
      return () => ({ __esModule: true, default: extension });
    },
  };
})();

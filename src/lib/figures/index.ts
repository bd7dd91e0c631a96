/** @file Figures: plotly specifications in one style, drawn in notebooks and to files without a browser. */
export {
  type AttendedPicture,
  type AttentionOnPictureOptions,
  attentionOnPicture,
} from './attention-on-picture';
export { type BarSeries, type BarsOptions, bars } from './bars';
export { type ComparedSystem, type ComparisonGroup, type ComparisonOptions, comparison } from './comparison';
export { type ConfusionMatrixOptions, confusionMatrix } from './confusion-matrix';
export { type ContourMapOptions, type ContourPath, contourMap } from './contour-map';
export { type Difference, type DifferencesOptions, differences } from './differences';
export { display, displayTable, inNotebook, LiveFigure } from './display';
export { type HeatMapOptions, heatMap } from './heat-map';
export { type HeatMapGridOptions, type HeatMapPanel, heatMapGrid } from './heat-map-grid';
export { type LearningCurveOptions, type LearningRun, learningCurve } from './learning-curve';
export { type BandSeries, type LineWithBandOptions, lineWithBand } from './line-with-band';
export { figurePage, putLibrary } from './page';
export { type PictureAnswer, type PictureGridOptions, type PictureItem, pictureGrid } from './picture-grid';
export { pictureOfPixels } from './pixels';
export { type MapPoint, type PointMapOptions, pointMap } from './point-map';
export {
  type ReliabilityDiagramOptions,
  type ReliabilitySeries,
  reliabilityDiagram,
} from './reliability-diagram';
export { renderPng, renderSvg, sizeOf } from './render';
export { type SavedFigure, saveFigure } from './save';
export type { FigureSpecification, Json, Layout, Role, Size, Trace } from './specification';
export { PALETTE, ROLE_COLORS } from './style';
export {
  type ShownToken,
  type TokenRow,
  type TokenRowsOptions,
  type TokenTone,
  tokenRows,
} from './token-rows';

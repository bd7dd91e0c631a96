/** @file The metrics agree with scikit-learn and seqeval on the fixture made by tests/parity/metrics.py. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  accuracy,
  auroc,
  aurocOneVersusRest,
  type ClassScores,
  classificationReport,
  confusionMatrix,
  entityReport,
  expectedCalibrationError,
  macroF1,
  meanSquaredError,
  microF1,
} from '../../../src/lib/tasks/metrics';

const fixture = JSON.parse(readFileSync(join(__dirname, '../../parity/fixtures/metrics.json'), 'utf8'));
const exact = { absolute: 1e-12, relative: 0 };
const row = (s: ClassScores | undefined) => [s?.precision, s?.recall, s?.f1, s?.support] as number[];

describe.each([0, 1, 2])('classification %i against scikit-learn', (i) => {
  const c = fixture.classification[i];
  it('accuracy, macro and micro F1', () => {
    expect([
      accuracy(c.predictions, c.references),
      macroF1(c.predictions, c.references),
      microF1(c.predictions, c.references),
    ]).toBeClose([c.accuracy, c.macroF1, c.microF1], exact);
  });

  it('the report by class, its averages, and a subset of labels', () => {
    const report = classificationReport(c.predictions, c.references);
    expect(Object.keys(report.perClass)).toEqual(c.labels);
    for (const label of c.labels) expect(row(report.perClass[label])).toBeClose(c.perClass[label], exact);
    expect(row(report.macro)).toBeClose(c.macro, exact);
    expect(row(report.weighted)).toBeClose(c.weighted, exact);
    const subset = classificationReport(c.predictions, c.references, { labels: c.subset });
    expect([subset.micro.f1, subset.macro.f1]).toBeClose([c.subsetMicroF1, c.subsetMacroF1], exact);
  });

  it('the confusion matrix', () => {
    expect(confusionMatrix(c.predictions, c.references)).toEqual({ labels: c.labels, counts: c.confusion });
  });
});

describe('scores and probabilities against scikit-learn', () => {
  it('AUROC, with and without ties, binary and one against rest', () => {
    for (const r of fixture.ranking) expect(auroc(r.scores, r.positive)).toBeCloseTo(r.auroc, 12);
    const many = fixture.oneVersusRest;
    expect(aurocOneVersusRest(many.probabilities, many.references)).toBeCloseTo(many.auroc, 12);
  });

  it('expected calibration error', () => {
    for (const c of fixture.calibration) {
      expect(expectedCalibrationError(c.confidences, c.correct, { bins: c.bins })).toBeCloseTo(c.ece, 12);
    }
  });

  it('mean squared error', () => {
    const { predictions, references, mse } = fixture.regression;
    expect(meanSquaredError(predictions, references)).toBeCloseTo(mse, 12);
  });
});

describe('entities against seqeval', () => {
  it.each([0, 1])('report %i: every type, micro, macro, weighted', (i) => {
    const e = fixture.entities[i];
    const report = entityReport(e.predictions, e.references);
    expect(Object.keys(report.perClass)).toEqual(Object.keys(e.perClass));
    for (const type of Object.keys(e.perClass))
      expect(row(report.perClass[type])).toBeClose(e.perClass[type], exact);
    expect(row(report.micro)).toBeClose(e.micro, exact);
    expect(row(report.macro)).toBeClose(e.macro, exact);
    expect(row(report.weighted)).toBeClose(e.weighted, exact);
  });
});

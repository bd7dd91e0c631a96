"""Makes tests/parity/fixtures/statistics.json: what SciPy and statsmodels say of small samples.

    python tests/parity/intervals.py      (not "statistics.py": that name would hide a module of Python)
The fixture is small and committed, so that the tests need no Python.
"""
import json
import pathlib

import numpy as np
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_confint, proportion_effectsize

rng = np.random.default_rng(20261124)
r = lambda a, digits=6: np.round(a, digits).tolist()

# Limits from a given bootstrap distribution: the same arithmetic, so equal to rounding.
skewed = np.round(rng.exponential(size=25), 4)
limits = []
for statistic, name in ((np.mean, "mean"), (lambda x, axis: x.std(axis=axis), "deviation")):
    row = {"statistic": name}
    for method in ("percentile", "BCa"):
        got = stats.bootstrap((skewed,), statistic, n_resamples=299, method=method, rng=np.random.default_rng(7))
        row["distribution"] = got.bootstrap_distribution.tolist()
        row[method] = list(got.confidence_interval)
    row["value"] = float(statistic(skewed, axis=0))
    row["jackknife"] = [float(statistic(np.delete(skewed, i), axis=0)) for i in range(len(skewed))]
    limits.append(row)

# Whole intervals: other random numbers, so equal up to Monte-Carlo error (200,000 resamples there).
whole = {
    name: list(
        stats.bootstrap((skewed,), f, n_resamples=200_000, method=method, rng=np.random.default_rng(1)).confidence_interval
    )
    for name, f, method in (
        ("meanPercentile", np.mean, "percentile"),
        ("meanBca", np.mean, "BCa"),
        ("deviationBca", lambda x, axis: x.std(axis=axis), "BCa"),
    )
}

differences = np.round(rng.normal(0.25, 1, 12), 3)
many = np.round(rng.normal(0.12, 1, 60), 3)
flip = lambda d, n: stats.permutation_test(
    (d, np.zeros_like(d)), lambda x, y, axis: (x - y).mean(axis=axis), permutation_type="samples",
    vectorized=True, n_resamples=n, rng=np.random.default_rng(3),
).pvalue

pvalues = np.round(rng.random(9) ** 2.5, 6)
a, b = np.round(rng.normal(0, 1, 15), 4), np.round(rng.normal(0.5, 1.5, 11), 4)
pooled = np.sqrt((14 * a.var(ddof=1) + 10 * b.var(ddof=1)) / 24)

out = {
    "madeWith": {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__, "numpy": np.__version__},
    "quantiles": [[p, stats.norm.ppf(p)] for p in (1e-6, 0.005, 0.025, 0.2, 0.5, 0.9, 0.975, 0.9995)],
    "probabilities": [[z, stats.norm.cdf(z)] for z in (-6, -2.5, -0.3, 0, 1, 1.96, 4)],
    "sample": skewed.tolist(),
    "limits": limits,
    "whole": whole,
    "wilson": [[k, n, level, *proportion_confint(k, n, 1 - level, "wilson")]
               for k, n, level in ((0, 10, 0.95), (10, 10, 0.95), (3, 17, 0.9), (2613, 3000, 0.95), (547, 989, 0.99))],
    "signFlip": {"differences": differences.tolist(), "pValue": flip(differences, 10_000),
                 "many": many.tolist(), "manyPValue": flip(many, 200_000)},
    "mcnemar": [[x, y, float(mcnemar([[5, x], [y, 5]], exact=True).pvalue)]
                for x, y in ((9, 2), (0, 0), (4, 4), (0, 7), (160, 211), (1300, 1100))],
    "pValues": pvalues.tolist(),
    "holm": r(multipletests(pvalues, method="holm")[1], 12),
    "benjaminiHochberg": r(stats.false_discovery_control(pvalues, method="bh"), 12),
    "interquartile": [[x.tolist(), float(stats.trim_mean(x, 0.25))] for x in (np.round(rng.normal(size=n), 3) for n in (3, 8, 10))],
    "effect": {"a": a.tolist(), "b": b.tolist(), "d": float((a.mean() - b.mean()) / pooled),
               "h": [[p, q, float(proportion_effectsize(p, q))] for p, q in ((0.8, 0.6), (0.05, 0.0), (0.5, 0.7))]},
    # statsmodels also counts the far tail, which is negligible at these sizes
    "required": [[d, s, float(NormalIndPower().solve_power(d / s, power=p, alpha=alpha, ratio=0)), alpha, p]
                 for d, s, alpha, p in ((0.05, 0.5, 0.05, 0.8), (0.02, 0.4, 0.01, 0.9), (0.3, 1.0, 0.05, 0.8))],
}
path = pathlib.Path(__file__).parent / "fixtures" / "statistics.json"
path.write_text(json.dumps(out, separators=(",", ":")) + "\n")
print(path, path.stat().st_size, "bytes")

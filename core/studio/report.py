"""What the studio says of a material, as plain data for a file or another program."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.calibration.curves import Family, Measured, measure
from core.calibration.fit import Comparison
from core.calibration.reliability import expected_calibration_error, reliability
from core.calibration.threshold import Found, Row, at_levels, by_criterion, find
from core.certificates import UNITS, Target
from core.selection import default_rule
from core.studio.material import Material

Json = Mapping[str, Any]


def report(material: Material, target: Target, family: Family, comparison: Comparison | None = None) -> Json:
    """Threshold, curves, reliability and criteria of `material`; numbers that mean nothing are None."""
    measured = measure(material.certifying, family)
    found = find(measured, target)
    rule = found.rule or default_rule(material.subject.info)
    probabilities = [case.compared for case in material.certifying]
    error = expected_calibration_error(material.certifying, probabilities)
    return {
        "criteria": {"name": material.criteria.name, "version": material.criteria.version},
        "scorer": {
            "name": material.subject.info.name,
            "model": material.subject.info.model,
            "fingerprint": material.subject.info.fingerprint,
        },
        "labels": _labels(material),
        "recalibration": {
            "version": material.version,
            "kind": material.recalibration.kind if material.recalibration else "none",
            "candidates": _candidates(comparison) if comparison else [],
            "problem": comparison.problem if comparison else "",
        },
        "threshold": _found(found),
        "table": [_row(row) for row in at_levels(measured)],
        "curve": _curve(measured),
        "reliability": {
            "error": None if error is None else {"estimate": error.estimate, "interval": [error.low, error.high]},
            "bins": [
                {
                    "from": b.low,
                    "to": b.high,
                    "probability": b.probability,
                    "relevant": b.relevant,
                    "interval": [b.relevant_low, b.relevant_high],
                    "labels": b.labels,
                }
                for b in reliability(material.certifying, probabilities)
            ],
        },
        "by_criterion": [
            {
                "criterion": one.name,
                "labelled_cases": one.labelled_cases,
                "positives": one.positives,
                "recall": one.recall,
                "pages": one.pages,
                "auc": one.auc,
                "highest_threshold": _level(family, one.highest),
                "certified_threshold": _level(family, one.certified),
                "missing_cases": one.missing_cases,
                "suspicion": one.suspicion,
            }
            for one in by_criterion(material.certifying, family, target, rule=rule)
        ],
    }


def _labels(material: Material) -> Json:
    counts, agreed = material.counts, material.agreement
    return {
        "cases": len(material.cases),
        "certifying_cases": len(material.certifying),
        "verdicts": counts.verdicts,
        "arms": counts.arms,
        "with_known_chance": counts.known,
        "reviewers": counts.reviewers,
        "other_wording": counts.other_wording,
        "judged_twice": agreed.n,
        "agreement": agreed.observed,
        "kappa": agreed.kappa,
        "digest": material.labels_digest,
    }


def _candidates(comparison: Comparison) -> list[Json]:
    return [
        {
            "kind": candidate.name,
            "log_loss": candidate.log_loss,
            "error": candidate.error,
            "chosen": candidate is comparison.chosen,
        }
        for candidate in comparison.candidates
    ]


def _found(found: Found) -> Json:
    return {
        "target": {
            "recall": found.target.recall,
            "unit": found.target.unit,
            "method": found.target.method,
            "confidence": found.target.confidence if found.target.method in ("ltt", "audit") else None,
        },
        "rule": str(found.rule) if found.rule else None,
        "certified": found.certified,
        "observed": found.observed,
        "interval": found.interval,
        "bound": found.bound,
        "kept": found.kept,
        "kept_together": found.kept_together,
        "pages": found.pages,
        "pages_together": found.pages_together,
        "cases": len(found.cases),
        "positives": found.positives,
        "labels": found.labels,
        "missing_cases": found.missing_cases,
        "missing_audits": found.missing_audits,
        "advice": found.advice,
    }


def _row(row: Row) -> Json:
    return {
        "rule": str(row.rule),
        "kept": _number(row.kept),
        "kept_together": _number(row.kept_together),
        "pages": _number(row.pages),
        "recall": dict(row.recall),
        "interval": dict(row.interval),
    }


def _curve(measured: Measured) -> Json:
    """A point for each level at which anything changes."""
    figures = {
        "kept": measured.kept,
        "kept_together": measured.kept_together,
        "pages": measured.pages,
        **{f"recall_of_{unit}": measured.recall[unit] for unit in UNITS},
    }
    table = np.nan_to_num(np.stack(list(figures.values())), nan=-1.0)
    turns = np.ones(table.shape[1], dtype=np.bool_)
    turns[1:-1] = (table[:, 1:-1] != table[:, :-2]).any(axis=0) | (table[:, 1:-1] != table[:, 2:]).any(axis=0)
    return {
        "level": measured.levels[turns].tolist(),
        **{name: _numbers(values[turns]) for name, values in figures.items()},
    }


def _level(family: Family, level: int | None) -> str | None:
    return None if level is None else str(family.rule(level))


def _numbers(values: NDArray[np.float64]) -> list[float | None]:
    return [_number(value) for value in values.tolist()]


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 5)

"""Labels out as JSON lines, CSV, TREC qrels or a data frame, and back in with every mistake by row and cure."""

from core.labels.cells import safe_cell
from core.labels.files import MAX_BYTES
from core.labels.filling import Judged, every_page, fill_not_relevant
from core.labels.frame import csv_frame, labels_frame
from core.labels.reading import ImportedLabel, LabelPreview, preview_labels, read_labels
from core.labels.resolving import PageCounts, resolve
from core.labels.rows import COLUMNS, LabelRow, label_row, labels_csv, labels_jsonl
from core.labels.sheet import MAX_ROWS
from core.labels.trec import labels_qrels

__all__ = [
    "COLUMNS",
    "MAX_BYTES",
    "MAX_ROWS",
    "ImportedLabel",
    "Judged",
    "LabelPreview",
    "LabelRow",
    "PageCounts",
    "csv_frame",
    "every_page",
    "fill_not_relevant",
    "label_row",
    "labels_csv",
    "labels_frame",
    "labels_jsonl",
    "labels_qrels",
    "preview_labels",
    "read_labels",
    "resolve",
    "safe_cell",
]

"""Labelling rounds, labels that are withdrawn, thresholds with a promise, and rules that follow what is in force."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UTC = sa.String(32)
KEYS = {
    "sampling_seed": ("id",), "rounds": ("id",), "tasks": ("id",), "raised_chances": ("id",),
    "recalibrations": ("id", "version"), "certificates": ("id",), "publications": ("id",),
}  # fmt: skip
"""The new tables, all append-only, each with the columns that no two rows share."""
STARTS = {
    "= 'embedded'": "('probability>=0.02 & top10')",
    "<> 'embedded'": "('probability>=0.20 & top10', 'probability>=0.2 & top10')",
}
"""The rule that a case began with, by the name of its scorer."""
EMBEDDED = {"key": "cd8a63453bb66f03", "version": "5300ceeb"}
"""The only scorer that had a recalibration, and which."""


def upgrade() -> None:
    _make_rounds()
    _make_certificates()
    _change_labels()
    _change_case_scorers()
    if op.get_bind().dialect.name == "sqlite":
        # Making a table anew loses its triggers.
        for table, keys in {"labels": ("id",), **KEYS}.items():
            _seal_sqlite(table, keys)
    else:
        for table in KEYS:
            _seal_postgresql(table)


def _fractions(table: str, *columns: str) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(f"{c} >= 0 AND {c} <= 1", name=op.f(f"ck_{table}_{c}")) for c in columns]


def _make_rounds() -> None:
    op.create_table(
        "sampling_seed",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampling_seed")),
        sa.CheckConstraint("id = 1", name=op.f("ck_sampling_seed_single")),
    )
    op.create_table(
        "rounds",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("recalibration", sa.String, nullable=False),
        sa.Column("rule", sa.String, nullable=False),
        sa.Column("threshold", sa.Double),
        sa.Column("criteria_name", sa.String, nullable=False),
        sa.Column("shown", sa.Integer, nullable=False),
        sa.Column("audit", sa.Integer, nullable=False),
        sa.Column("uncertainty", sa.Integer, nullable=False),
        sa.Column("twice", sa.Double, nullable=False),
        sa.Column("whole", sa.Boolean, nullable=False),
        sa.Column("cases", sa.Text, nullable=False),
        sa.Column("frames", sa.Text, nullable=False),
        sa.Column("tasks", sa.Integer, nullable=False),
        sa.Column("judgements", sa.Integer, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
        *_fractions("rounds", "threshold", "twice"),
        sa.CheckConstraint("shown >= 0 AND audit >= 0 AND uncertainty >= 0", name=op.f("ck_rounds_plan")),
        sa.CheckConstraint("tasks >= 0 AND judgements >= tasks", name=op.f("ck_rounds_size")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("round_id", sa.Integer, nullable=False),
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("document_id", sa.Integer, nullable=False),
        sa.Column("page", sa.Integer, nullable=False),
        sa.Column("criterion", sa.String, nullable=False),
        sa.Column("arm", sa.String, nullable=False),
        sa.Column("inclusion_probability", sa.Double),
        sa.Column("twice", sa.Boolean, nullable=False),
        sa.Column("score", sa.Double),
        sa.Column("probability", sa.Double),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.CheckConstraint("arm IN ('shown', 'audit', 'uncertainty', 'found')", name=op.f("ck_tasks_arm")),
        sa.CheckConstraint(
            "inclusion_probability > 0 AND inclusion_probability <= 1", name=op.f("ck_tasks_inclusion_probability")
        ),
        *_fractions("tasks", "score", "probability"),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_tasks_rounds")),
        sa.ForeignKeyConstraint(
            ["case_id", "document_id"],
            ["case_documents.case_id", "case_documents.document_id"],
            name=op.f("fk_tasks_case_documents"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id", "page"], ["pages.document_id", "pages.number"], name=op.f("fk_tasks_pages")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_tasks_round_id_id"), "tasks", ["round_id", "id"])
    op.create_table(
        "raised_chances",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("round_id", sa.Integer, nullable=False),
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("document_id", sa.Integer, nullable=False),
        sa.Column("page", sa.Integer, nullable=False),
        sa.Column("criterion", sa.String, nullable=False),
        sa.Column("inclusion_probability", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raised_chances")),
        sa.CheckConstraint(
            "inclusion_probability > 0 AND inclusion_probability <= 1",
            name=op.f("ck_raised_chances_inclusion_probability"),
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_raised_chances_rounds")),
        sa.ForeignKeyConstraint(
            ["document_id", "page"], ["pages.document_id", "pages.number"], name=op.f("fk_raised_chances_pages")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_tasks_case_id_document_id"), "tasks", ["case_id", "document_id"])


def _make_certificates() -> None:
    op.create_table(
        "recalibrations",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("cases", sa.Text, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recalibrations")),
        sa.UniqueConstraint("version", name=op.f("uq_recalibrations_version")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "certificates",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("recall", sa.Double, nullable=False),
        sa.Column("unit", sa.String, nullable=False),
        sa.Column("method", sa.String, nullable=False),
        sa.Column("confidence", sa.Double, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("recalibration", sa.String, nullable=False),
        sa.Column("rule", sa.String, nullable=False),
        sa.Column("criteria_name", sa.String, nullable=False),
        sa.Column("criteria_version", sa.Integer, nullable=False),
        sa.Column("criteria", sa.Text, nullable=False),
        sa.Column("promised", sa.Boolean, nullable=False),
        sa.Column("bound", sa.Double),
        sa.Column("observed", sa.Double, nullable=False),
        sa.Column("kept", sa.Double, nullable=False),
        sa.Column("kept_together", sa.Double, nullable=False),
        sa.Column("cases", sa.Text, nullable=False),
        sa.Column("positives", sa.Integer, nullable=False),
        sa.Column("labels", sa.Integer, nullable=False),
        sa.Column("labels_digest", sa.String, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", UTC, nullable=False),
        sa.Column("expires_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.CheckConstraint("unit IN ('page', 'criterion', 'case')", name=op.f("ck_certificates_unit")),
        sa.CheckConstraint("method IN ('observed', 'crc', 'ltt', 'audit')", name=op.f("ck_certificates_method")),
        *_fractions("certificates", "recall", "confidence", "bound", "observed", "kept", "kept_together"),
        sa.CheckConstraint("positives >= 0 AND labels >= positives", name=op.f("ck_certificates_labels")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "publications",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("criteria_name", sa.String, nullable=False),
        sa.Column("certificate_id", sa.Integer),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", UTC, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificates.id"], name=op.f("fk_publications_certificates")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_publications_fingerprint_criteria_name_id"), "publications", ["fingerprint", "criteria_name", "id"]
    )


def _change_labels() -> None:
    with op.batch_alter_table("labels", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.add_column(sa.Column("task_id", sa.Integer))
        table.create_foreign_key(op.f("fk_labels_tasks"), "tasks", ["task_id"], ["id"])
        table.drop_constraint(op.f("ck_labels_verdict"), type_="check")
        table.create_check_constraint(
            op.f("ck_labels_verdict"), "verdict IN ('relevant', 'not_relevant', 'unsure', 'withdrawn')"
        )
    op.create_index(op.f("ix_labels_task_id_reviewer_id"), "labels", ["task_id", "reviewer", "id"])


def _change_case_scorers() -> None:
    """A rule that a case began with was nobody's choice: such a case follows what is in force."""
    with op.batch_alter_table("case_scorers") as table:
        table.add_column(sa.Column("recalibration", sa.String, nullable=False, server_default=""))
    with op.batch_alter_table("case_scorers") as table:
        table.alter_column("recalibration", server_default=None)
    for named, rules in STARTS.items():
        op.execute(
            f"UPDATE case_scorers SET rule = '' WHERE rule IN {rules} "  # noqa: S608
            f"AND scorer_id IN (SELECT id FROM scorers WHERE name {named})"
        )
    op.get_bind().execute(
        sa.text(
            "UPDATE case_scorers SET recalibration = :version "
            "WHERE rule <> '' AND scorer_id IN (SELECT id FROM scorers WHERE key = :key)"
        ),
        EMBEDDED,
    )


def _seal_sqlite(table: str, keys: tuple[str, ...]) -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    # INSERT OR REPLACE deletes the old row without a word to the trigger above.
    same = " OR ".join(f"{key} = NEW.{key}" for key in keys)
    known = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {known} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _seal_postgresql(table: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION chartsieve_append_only()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION chartsieve_append_only()"
    )

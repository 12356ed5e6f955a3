"""All tables of the first version, and the triggers that make three of them append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

UTC = sa.String(32)
APPEND_ONLY = ("audit", "labels", "decisions")


def upgrade() -> None:
    _documents()
    _criteria()
    _cases()
    _answers()
    _judgements()
    _people()
    if op.get_bind().dialect.name == "sqlite":
        _seal_sqlite()
    else:
        _seal_postgresql()


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("page_count", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer),
        sa.Column("read_at", UTC),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.CheckConstraint("page_count >= 0", name=op.f("ck_documents_page_count")),
        sa.CheckConstraint(
            "(size IS NULL) = (read_at IS NULL) AND (size IS NULL OR size >= 0)", name=op.f("ck_documents_size")
        ),
        sa.UniqueConstraint("sha256", name=op.f("uq_documents_sha256")),
    )
    op.create_table(
        "pages",
        sa.Column("document_id", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("rotation", sa.Integer, nullable=False),
        sa.Column("width", sa.Double, nullable=False),
        sa.Column("height", sa.Double, nullable=False),
        sa.Column("problem", sa.String, nullable=False),
        sa.Column("blank", sa.Boolean, nullable=False),
        sa.Column("body", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("words", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("document_id", "number", name=op.f("pk_pages")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_pages_number")),
        sa.CheckConstraint("rotation IN (0, 90, 180, 270)", name=op.f("ck_pages_rotation")),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_pages_area")),
        sa.CheckConstraint("source IN ('text', 'ocr', 'none')", name=op.f("ck_pages_source")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_pages_documents")),
    )


def _criteria() -> None:
    op.create_table(
        "criteria_sets",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criteria_sets")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_criteria_sets_name_version")),
        sa.UniqueConstraint("name", "digest", name=op.f("uq_criteria_sets_name_digest")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_criteria_sets_version")),
    )
    op.create_table(
        "criteria",
        sa.Column("set_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("criterion", sa.String, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("instruction", sa.Text, nullable=False),
        sa.Column("heading", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("set_id", "position", name=op.f("pk_criteria")),
        sa.UniqueConstraint("set_id", "criterion", name=op.f("uq_criteria_set_id_criterion")),
        sa.ForeignKeyConstraint(["set_id"], ["criteria_sets.id"], name=op.f("fk_criteria_criteria_sets")),
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("criteria_set_id", sa.Integer, nullable=False),
        sa.Column("scorer", sa.String, nullable=False),
        sa.Column("rule", sa.String, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.ForeignKeyConstraint(["criteria_set_id"], ["criteria_sets.id"], name=op.f("fk_cases_criteria_sets")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "case_documents",
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("document_id", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "position", name=op.f("pk_case_documents")),
        sa.UniqueConstraint("case_id", "document_id", name=op.f("uq_case_documents_case_id_document_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_documents_cases")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_case_documents_documents")),
    )
    op.create_table(
        "jobs",
        sa.Column("case_id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("message", sa.String, nullable=False),
        sa.Column("started_by", sa.String, nullable=False),
        sa.Column("updated_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_jobs")),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_jobs_state")
        ),
        sa.CheckConstraint("done >= 0 AND total >= 0", name=op.f("ck_jobs_progress")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_jobs_cases")),
    )


def _answers() -> None:
    for name in ("scorers", "questions", "texts"):
        op.create_table(
            name,
            sa.Column("id", sa.Integer, nullable=False),
            sa.Column("key", sa.String, nullable=False),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
            sa.UniqueConstraint("key", name=op.f(f"uq_{name}_key")),
        )
    op.create_table(
        "answers",
        sa.Column("scorer_id", sa.Integer, nullable=False),
        sa.Column("question_id", sa.Integer, nullable=False),
        sa.Column("text_id", sa.Integer, nullable=False),
        sa.Column("score", sa.Double),
        sa.Column("gap", sa.String),
        sa.PrimaryKeyConstraint("scorer_id", "question_id", "text_id", name=op.f("pk_answers")),
        sa.CheckConstraint("score >= 0 AND score <= 1", name=op.f("ck_answers_score")),
        sa.CheckConstraint("(score IS NULL) <> (gap IS NULL)", name=op.f("ck_answers_either")),
        sa.ForeignKeyConstraint(["scorer_id"], ["scorers.id"], name=op.f("fk_answers_scorers")),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_answers_questions")),
        sa.ForeignKeyConstraint(["text_id"], ["texts.id"], name=op.f("fk_answers_texts")),
        sqlite_with_rowid=False,
    )


def _judgements() -> None:
    op.create_table(
        "labels",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("document_id", sa.Integer, nullable=False),
        sa.Column("page", sa.Integer, nullable=False),
        sa.Column("criterion", sa.String, nullable=False),
        sa.Column("reviewer", sa.String, nullable=False),
        sa.Column("verdict", sa.String, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("arm", sa.String, nullable=False),
        sa.Column("inclusion_probability", sa.Double),
        sa.Column("blind", sa.Boolean, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("recalibration", sa.String, nullable=False),
        sa.Column("score", sa.Double),
        sa.Column("probability", sa.Double),
        sa.Column("threshold", sa.Double),
        sa.Column("seed", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labels")),
        sa.CheckConstraint("verdict IN ('relevant', 'not_relevant', 'unsure')", name=op.f("ck_labels_verdict")),
        sa.CheckConstraint("arm IN ('shown', 'audit', 'uncertainty', 'found')", name=op.f("ck_labels_arm")),
        sa.CheckConstraint(
            "inclusion_probability > 0 AND inclusion_probability <= 1", name=op.f("ck_labels_inclusion_probability")
        ),
        *(
            sa.CheckConstraint(f"{column} >= 0 AND {column} <= 1", name=op.f(f"ck_labels_{column}"))
            for column in ("score", "probability", "threshold")
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "document_id"],
            ["case_documents.case_id", "case_documents.document_id"],
            name=op.f("fk_labels_case_documents"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id", "page"], ["pages.document_id", "pages.number"], name=op.f("fk_labels_pages")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_labels_case_id_criterion_document_id_page_reviewer_id"),
        "labels",
        ["case_id", "criterion", "document_id", "page", "reviewer", "id"],
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("criterion", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("rationale", sa.Text, nullable=False),
        sa.Column("citations", sa.Text, nullable=False),
        sa.Column("reviewer", sa.String, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.CheckConstraint(
            "outcome IN ('met', 'not_met', 'insufficient', 'not_applicable')", name=op.f("ck_decisions_outcome")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_decisions_cases")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_decisions_case_id_criterion_id"), "decisions", ["case_id", "criterion", "id"])


def _people() -> None:
    op.create_table(
        "reviewers",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_reviewers")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_reviewers_name")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("case_id", sa.Integer),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_audit_cases")),
    )
    op.create_index(op.f("ix_audit_case_id"), "audit", ["case_id"])


def _seal_sqlite() -> None:
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        # INSERT OR REPLACE deletes the old row without a word to the trigger above.
        known = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {known} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _seal_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION chartsieve_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION chartsieve_append_only()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION chartsieve_append_only()"
        )

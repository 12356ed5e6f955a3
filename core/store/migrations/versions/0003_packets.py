"""What recognition found of a page, documents added to a case or replaced in it, and pages that a person looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UTC = sa.String(32)
IN_FORCE = sa.text("replaced_by IS NULL")


def upgrade() -> None:
    _change_pages()
    _change_case_documents()
    _make_sightings()
    if op.get_bind().dialect.name == "sqlite":
        _seal_sqlite("sightings")
    else:
        _seal_postgresql("sightings")


def _change_pages() -> None:
    """Defaults fill the old rows and go again: what writes a page must say all of it."""
    nothing = sa.text("x''" if op.get_bind().dialect.name == "sqlite" else "''")
    new = [
        sa.Column("turn", sa.Integer, nullable=False, server_default="0"),
        sa.Column("confidence", sa.Double),
        sa.Column("recognised", sa.String, nullable=False, server_default=""),
        sa.Column("images", sa.Double, nullable=False, server_default="0"),
        sa.Column("notes", sa.String, nullable=False, server_default=""),
        sa.Column("sketch", sa.LargeBinary, nullable=False, server_default=nothing),
        sa.Column("look", sa.LargeBinary, nullable=False, server_default=nothing),
    ]
    with op.batch_alter_table("pages") as table:
        for column in new:
            table.add_column(column)
    order = ("body", *(column.name for column in new), "text", "words")  # the words last: see `tables.PageRow`
    with op.batch_alter_table("pages", partial_reordering=[order]) as table:
        for column in new:
            if not column.nullable:
                table.alter_column(column.name, server_default=None)
        table.create_check_constraint(op.f("ck_pages_turn"), "turn IN (0, 90, 180, 270)")
        for name in ("confidence", "images"):
            table.create_check_constraint(op.f(f"ck_pages_{name}"), f"{name} >= 0 AND {name} <= 1")


def _change_case_documents() -> None:
    """Until now all documents came with their case, in reading order."""
    with op.batch_alter_table("case_documents") as table:
        table.add_column(sa.Column("place", sa.Integer))
        table.add_column(sa.Column("added_by", sa.String))
        table.add_column(sa.Column("added_at", UTC))
        table.add_column(sa.Column("replaced_by", sa.Integer))
    op.execute(
        "UPDATE case_documents SET place = position, "
        "added_by = (SELECT c.created_by FROM cases c WHERE c.id = case_documents.case_id), "
        "added_at = (SELECT c.created_at FROM cases c WHERE c.id = case_documents.case_id)"
    )
    with op.batch_alter_table("case_documents") as table:
        for name in ("place", "added_by", "added_at"):
            table.alter_column(name, nullable=False)
        table.create_foreign_key(op.f("fk_case_documents_documents_replaced_by"), "documents", ["replaced_by"], ["id"])
        table.create_check_constraint(op.f("ck_case_documents_replaced_by"), "replaced_by <> document_id")
    op.create_index(
        op.f("ix_case_documents_case_id_place"),
        "case_documents",
        ["case_id", "place"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )


def _make_sightings() -> None:
    op.create_table(
        "sightings",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("document_id", sa.Integer, nullable=False),
        sa.Column("page", sa.Integer, nullable=False),
        sa.Column("reviewer", sa.String, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sightings")),
        sa.ForeignKeyConstraint(
            ["case_id", "document_id"],
            ["case_documents.case_id", "case_documents.document_id"],
            name=op.f("fk_sightings_case_documents"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id", "page"], ["pages.document_id", "pages.number"], name=op.f("fk_sightings_pages")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_sightings_case_id_document_id_page_reviewer_id"),
        "sightings",
        ["case_id", "document_id", "page", "reviewer", "id"],
    )


def _seal_sqlite(table: str) -> None:
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


def _seal_postgresql(table: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION chartsieve_append_only()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION chartsieve_append_only()"
    )

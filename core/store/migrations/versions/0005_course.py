"""A case's course: steps, duties, roles, citations, pins, remarks, what was looked at, and a second reading."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UTC = sa.String(32)
WITHDRAWN = sa.text("outcome = 'withdrawn'")
KEYS = {
    "steps": ("id",), "assignments": ("id",), "roles": ("id",), "citations": ("id",),
    "citation_withdrawals": ("id", "citation_id"), "pins": ("id",), "remarks": ("id",), "views": ("id",),
}  # fmt: skip
"""The new append-only tables, each with the columns that no two rows share."""
READINGS = "'first', 'second', 'final'"
ROLES = "'reviewer', 'physician', 'lead', 'admin'"
OUTCOMES = "'met', 'not_met', 'insufficient', 'not_applicable'"
STEPS = (
    "'urgency', 'approve', 'approve_in_part', 'deny', 'pend', 'resume', 'refer', 'return', 'peer_to_peer', "
    "'withdraw', 'reopen'"
)


def upgrade() -> None:
    _change_decisions()
    _change_criteria()
    _make_course()
    _make_findings()
    _make_views()
    _make_ordinary()
    if op.get_bind().dialect.name == "sqlite":
        # Making a table anew loses its triggers.
        for table, keys in {"decisions": ("id",), **KEYS}.items():
            _seal_sqlite(table, keys)
    else:
        for table in KEYS:
            _seal_postgresql(table)


def _change_decisions() -> None:
    """What was decided until now is the first reading."""
    op.drop_index(op.f("ix_decisions_case_id_criterion_id"), "decisions")
    with op.batch_alter_table("decisions", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.add_column(sa.Column("reading", sa.String, nullable=False, server_default="first"))
        table.drop_constraint(op.f("ck_decisions_outcome"), type_="check")
        table.create_check_constraint(op.f("ck_decisions_outcome"), f"outcome IN ({OUTCOMES}, 'withdrawn')")
        table.create_check_constraint(op.f("ck_decisions_reading"), f"reading IN ({READINGS})")
    op.create_index(
        op.f("ix_decisions_case_id_criterion_reading_id"), "decisions", ["case_id", "criterion", "reading", "id"]
    )
    op.create_index(
        op.f("ix_decisions_withdrawn"),
        "decisions",
        ["case_id"],
        sqlite_where=WITHDRAWN,
        postgresql_where=WITHDRAWN,
    )


def _change_criteria() -> None:
    # SQLite would put a column after the constraints. PostgreSQL cannot make a table anew to which others point.
    anew: Literal["always", "never"] = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("criteria_sets", recreate=anew) as table:
        table.add_column(sa.Column("logic", sa.Text, nullable=False, server_default=""))
        table.add_column(sa.Column("source", sa.Text, nullable=False, server_default=""))
    with op.batch_alter_table("criteria", recreate=anew) as table:
        table.add_column(sa.Column("link", sa.Text, nullable=False, server_default=""))


def _column(name: str, kind: type[sa.types.TypeEngine[Any]] | sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _one_of(table: str, column: str, allowed: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN ({allowed})", name=op.f(f"ck_{table}_{column}"))


def _case(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f(f"fk_{table}_cases"))


def _page(table: str) -> sa.ForeignKeyConstraint:
    columns = ["pages.document_id", "pages.number"]
    return sa.ForeignKeyConstraint(["document_id", "page"], columns, name=op.f(f"fk_{table}_pages"))


def _page_of_case(table: str) -> tuple[sa.ForeignKeyConstraint, sa.ForeignKeyConstraint]:
    columns = ["case_documents.case_id", "case_documents.document_id"]
    name = op.f(f"fk_{table}_case_documents")
    return sa.ForeignKeyConstraint(["case_id", "document_id"], columns, name=name), _page(table)


def _make(
    table: str, *parts: sa.schema.SchemaItem, index: tuple[str, ...] = (), key: tuple[str, ...] = ("id",)
) -> None:
    """A table, counting its rows where `key` is "id"."""
    numbered = key == ("id",)
    op.create_table(
        table,
        *([_column("id", sa.Integer)] if numbered else []),
        *parts,
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{table}")),
        sqlite_autoincrement=numbered,
    )
    if index:
        op.create_index(op.f(f"ix_{table}_{'_'.join(index)}"), table, list(index))


def _make_course() -> None:
    _make(
        "steps",
        _column("case_id", sa.Integer),
        _column("kind", sa.String),
        _column("made_by", sa.String),
        _column("role", sa.String),
        _column("at", UTC),
        _column("reason", sa.Text),
        _column("detail", sa.Text),
        _column("record", sa.Text),
        _one_of("steps", "kind", STEPS),
        _one_of("steps", "role", ROLES),
        _case("steps"),
        index=("case_id", "id"),
    )
    _make(
        "assignments",
        _column("case_id", sa.Integer),
        _column("duty", sa.String),
        _column("assignee", sa.String),
        _column("made_by", sa.String),
        _column("at", UTC),
        _one_of("assignments", "duty", "'review', 'second', 'physician'"),
        _case("assignments"),
        index=("case_id", "duty", "id"),
    )
    _make(
        "roles",
        _column("name", sa.String),
        _column("role", sa.String),
        _column("made_by", sa.String),
        _column("at", UTC),
        sa.CheckConstraint("name <> ''", name=op.f("ck_roles_name")),
        _one_of("roles", "role", ROLES),
        index=("name", "id"),
    )


def _make_findings() -> None:
    _make(
        "citations",
        _column("case_id", sa.Integer),
        _column("criterion", sa.String),
        _column("document_id", sa.Integer),
        _column("page", sa.Integer),
        _column("label", sa.String),
        _column("quote", sa.Text),
        _column("boxes", sa.Text),
        _column("reviewer", sa.String),
        _column("at", UTC),
        _column("reading", sa.String),
        *_page_of_case("citations"),
        _one_of("citations", "reading", READINGS),
        index=("case_id", "criterion", "id"),
    )
    _make(
        "citation_withdrawals",
        _column("citation_id", sa.Integer),
        _column("made_by", sa.String),
        _column("at", UTC),
        sa.ForeignKeyConstraint(["citation_id"], ["citations.id"], name=op.f("fk_citation_withdrawals_citations")),
        sa.UniqueConstraint("citation_id", name=op.f("uq_citation_withdrawals_citation_id")),
    )
    _make(
        "pins",
        _column("case_id", sa.Integer),
        _column("criterion", sa.String),
        _column("document_id", sa.Integer),
        _column("page", sa.Integer),
        _column("hold", sa.String),
        _column("reviewer", sa.String),
        _column("at", UTC),
        _column("reason", sa.Text),
        *_page_of_case("pins"),
        _one_of("pins", "hold", "'keep', 'drop', 'none'"),
        index=("case_id", "criterion", "document_id", "page", "id"),
    )
    _make(
        "remarks",
        _column("case_id", sa.Integer),
        _column("criterion", sa.String),
        _column("flagged", sa.Boolean),
        _column("note", sa.Text),
        _column("reviewer", sa.String),
        _column("at", UTC),
        _column("reading", sa.String),
        _case("remarks"),
        _one_of("remarks", "reading", READINGS),
        index=("case_id", "criterion", "reading", "id"),
    )


def _make_views() -> None:
    _make(
        "views",
        _column("case_id", sa.Integer),
        _column("document_id", sa.Integer),
        _column("page", sa.Integer),
        _column("reviewer", sa.String),
        _column("at", UTC),
        _column("opened", sa.Integer),
        _column("seconds", sa.Double),
        *_page_of_case("views"),
        sa.CheckConstraint("opened IN (0, 1)", name=op.f("ck_views_opened")),
        sa.CheckConstraint("seconds >= 0", name=op.f("ck_views_seconds")),
        index=("case_id", "document_id", "page", "reviewer"),
    )


def _make_ordinary() -> None:
    _make(
        "drafts",
        _column("case_id", sa.Integer),
        _column("criterion", sa.String),
        _column("reviewer", sa.String),
        _column("reading", sa.String),
        _column("draft", sa.Text),
        _column("at", UTC),
        _case("drafts"),
        _one_of("drafts", "reading", READINGS),
        key=("case_id", "criterion", "reviewer", "reading"),
    )
    _make(
        "places",
        _column("case_id", sa.Integer),
        _column("reviewer", sa.String),
        _column("criterion", sa.String),
        _column("document_id", sa.Integer),
        _column("page", sa.Integer),
        _column("at", UTC),
        *_page_of_case("places"),
        key=("case_id", "reviewer"),
    )
    _make(
        "page_turns",
        _column("document_id", sa.Integer),
        _column("page", sa.Integer),
        _column("degrees", sa.Integer),
        _page("page_turns"),
        sa.CheckConstraint("degrees IN (0, 90, 180, 270)", name=op.f("ck_page_turns_degrees")),
        key=("document_id", "page"),
    )
    _make(
        "templates",
        _column("outcome", sa.String),
        _column("wording", sa.Text),
        _column("made_by", sa.String),
        _column("at", UTC),
        sa.Column("retired_by", sa.String),
        _one_of("templates", "outcome", OUTCOMES),
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

"""What each scorer is, several scorers to a case with a rule and a consent each, and what a job has used."""

import hashlib
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UTC = sa.String(32)
EMBEDDED = {
    "name": "embedded",
    "model": "chartsieve-lexical",
    "revision": "1",
    "transform": "weighted share of the question's words covered by the best passage (60 %) and the page (40 %)",
    "scope": "page",
    "note": "A baseline that matches words and their relatives, not meaning; use zerank-2 for work in earnest.",
}
EMPTY = dict.fromkeys(EMBEDDED, "") | {"scope": "page"}

scorers = sa.table("scorers", sa.column("id", sa.Integer), *(sa.column(c, sa.String) for c in ("key", *EMBEDDED)))
cases = sa.table("cases", sa.column("scorer", sa.String))


def upgrade() -> None:
    _describe_scorers()
    _make_tables()
    for name in op.get_bind().scalars(sa.select(cases.c.scorer).distinct()).all():
        _put_in_force(name, _registered(name))
    _change_cases()
    _change_jobs()


def _describe_scorers() -> None:
    """Only the embedded scorer ever answered."""
    with op.batch_alter_table("scorers") as table:
        for column in EMBEDDED:
            table.add_column(sa.Column(column, sa.String))
        table.add_column(sa.Column("sends_text_to", sa.String))
    op.execute(sa.update(scorers).values(EMPTY | {"name": "unknown"}))
    op.execute(sa.update(scorers).where(scorers.c.key == _fingerprint(EMBEDDED)).values(EMBEDDED))
    with op.batch_alter_table("scorers") as table:
        for column in EMBEDDED:
            table.alter_column(column, nullable=False)
        table.create_check_constraint(op.f("ck_scorers_scope"), "scope IN ('page', 'case')")


def _make_tables() -> None:
    op.create_table(
        "case_scorers",
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("scorer_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("rule", sa.String, nullable=False),
        sa.Column("agreed_to", sa.String, nullable=False),
        sa.Column("agreed_by", sa.String, nullable=False),
        sa.Column("agreed_at", UTC),
        sa.PrimaryKeyConstraint("case_id", "scorer_id", name=op.f("pk_case_scorers")),
        sa.UniqueConstraint("case_id", "position", name=op.f("uq_case_scorers_case_id_position")),
        sa.CheckConstraint("(agreed_to = '') = (agreed_at IS NULL)", name=op.f("ck_case_scorers_agreed")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_scorers_cases")),
        sa.ForeignKeyConstraint(["scorer_id"], ["scorers.id"], name=op.f("fk_case_scorers_scorers")),
    )
    op.create_table(
        "scorer_checks",
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("sends_text_to", sa.String, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("problem", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", "sends_text_to", name=op.f("pk_scorer_checks")),
    )


def _registered(name: str) -> int:
    """The scorer that cases knew by `name` alone."""
    info = EMBEDDED if name == EMBEDDED["name"] else EMPTY | {"name": name}
    known = sa.select(scorers.c.id).where(scorers.c.key == _fingerprint(info))
    if op.get_bind().scalar(known) is None:
        op.execute(sa.insert(scorers).values(info | {"key": _fingerprint(info)}))
    return int(op.get_bind().scalars(known).one())


def _put_in_force(name: str, scorer: int) -> None:
    op.get_bind().execute(
        sa.text(
            "INSERT INTO case_scorers (case_id, scorer_id, position, rule, agreed_to, agreed_by) "
            "SELECT id, :scorer, 0, rule, '', '' FROM cases WHERE scorer = :name"
        ),
        {"scorer": scorer, "name": name},
    )


def _change_cases() -> None:
    with op.batch_alter_table("cases") as table:
        table.add_column(sa.Column("scorer_id", sa.Integer))
    op.execute("UPDATE cases SET scorer_id = (SELECT s.scorer_id FROM case_scorers s WHERE s.case_id = cases.id)")
    with op.batch_alter_table("cases", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.alter_column("scorer_id", nullable=False)
        table.create_foreign_key(op.f("fk_cases_scorers"), "scorers", ["scorer_id"], ["id"])
        table.drop_column("scorer")
        table.drop_column("rule")


def _change_jobs() -> None:
    figures: dict[str, sa.types.TypeEngine[Any]] = {
        "requests": sa.Integer(),
        "bytes": sa.BigInteger(),
        "tokens": sa.BigInteger(),
        "dollars": sa.Double(),
    }
    with op.batch_alter_table("jobs") as table:
        table.add_column(sa.Column("scorer_id", sa.Integer))
        for name, kind in figures.items():
            table.add_column(sa.Column(name, kind))
        table.add_column(sa.Column("rate", sa.Double))
        table.add_column(sa.Column("seconds_left", sa.Double))
    op.execute(
        "UPDATE jobs SET requests = 0, bytes = 0, tokens = 0, dollars = 0, "
        "scorer_id = (SELECT c.scorer_id FROM cases c WHERE c.id = jobs.case_id)"
    )
    with op.batch_alter_table("jobs") as table:
        for name in ("scorer_id", *figures):
            table.alter_column(name, nullable=False)
        table.drop_constraint(op.f("ck_jobs_state"), type_="check")
        table.create_check_constraint(
            op.f("ck_jobs_state"), "state IN ('waiting', 'running', 'asking', 'done', 'failed', 'cancelled')"
        )
        table.create_foreign_key(op.f("fk_jobs_scorers"), "scorers", ["scorer_id"], ["id"])
        table.create_check_constraint(
            op.f("ck_jobs_usage"), "requests >= 0 AND bytes >= 0 AND tokens >= 0 AND dollars >= 0"
        )


def _fingerprint(info: dict[str, str]) -> str:
    h = hashlib.sha256()
    for part in ("name", "model", "revision", "transform", "scope"):
        raw = info[part].encode()
        h.update(len(raw).to_bytes(8, "big"))
        h.update(raw)
    return h.hexdigest()[:16]

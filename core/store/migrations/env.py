"""Run by Alembic through `core.store.migrate`, on the connection and in the transaction it is given.

To change the tables: change `core/store/tables.py`, write the next file in `versions/` by hand, and run
`tests/store/test_migrations.py`, which names every difference between the two.
"""

from alembic import context

from core.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, transactional_ddl=True
)
with context.begin_transaction():
    context.run_migrations()

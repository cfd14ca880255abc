"""Entries of the audit log are added, never changed: both databases refuse."""

from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

REFUSAL = 'an entry of the audit log is never changed or deleted'

SQLITE = {
    'audit_entry_not_changed': 'UPDATE',
    'audit_entry_not_deleted': 'DELETE',
}

POSTGRESQL = (
    f"""
    CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    'CREATE TRIGGER audit_entry_not_changed BEFORE UPDATE OR DELETE ON audit_entry '
    'FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()',
    'CREATE TRIGGER audit_entry_not_emptied BEFORE TRUNCATE ON audit_entry '
    'FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()',
)


def upgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        for statement in POSTGRESQL:
            op.execute(statement)
        return
    for name, act in SQLITE.items():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {act} ON audit_entry "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('DROP TRIGGER audit_entry_not_emptied ON audit_entry')
        op.execute('DROP TRIGGER audit_entry_not_changed ON audit_entry')
        op.execute('DROP FUNCTION audit_entry_refuse()')
        return
    for name in SQLITE:
        op.execute(f'DROP TRIGGER {name}')

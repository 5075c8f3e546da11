"""What the example `types` has in its tables, as PostgreSQL spells it: the values that drivers are to read."""

import wire

TABLES = ('samples', 'arrays')


def read(port):
    """[(type, [text, …])], without NULLs."""
    found = []
    with wire.Wire(port) as client:
        client.login()
        for table in TABLES:
            messages = client.run(f'SELECT * FROM {table}')
            names = [column[0] for column in wire.row_description(messages[0][1])]
            rows = [wire.data_row(body) for tag, body in messages if tag == 'D']
            for i, name in enumerate(names):
                found.append((name, [row[i].decode() for row in rows if row[i] is not None]))
    return found


def select(kind, text):
    """A statement that PostgreSQL and the example both answer with this value."""
    return f"SELECT '{text.replace(chr(39), chr(39) * 2)}'::{kind}"

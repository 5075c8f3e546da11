"""SQLAlchemy's core on psycopg 3: its types, its SQL, its pool and transactions, and what it asks of a server."""

import datetime
import decimal
import uuid

import sqlalchemy as sa
from sqlalchemy import exc

from checks import ENDLESS, PLACE, check, raises, run

URL = sa.URL.create('postgresql+psycopg', PLACE['user'], host=PLACE['host'], port=PLACE['port'],
                    database=PLACE['database'], query={'sslmode': 'disable', 'gssencmode': 'disable'})
meta = sa.MetaData()
people = sa.Table('people', meta, sa.Column('id', sa.Integer, primary_key=True, autoincrement=False),
                  sa.Column('name', sa.String(40), nullable=False, unique=True), sa.Column('height', sa.Numeric(6, 2)))
things = sa.Table('things', meta, sa.Column('id', sa.BigInteger, primary_key=True, autoincrement=False),
                  sa.Column('owner', sa.ForeignKey('people.id')), sa.Column('what', sa.Text))
kinds = sa.Table(
    'kinds', meta, sa.Column('id', sa.Integer, primary_key=True, autoincrement=False),
    sa.Column('small', sa.SmallInteger), sa.Column('large', sa.BigInteger), sa.Column('real', sa.Double),
    sa.Column('exact', sa.Numeric(12, 3)),
    sa.Column('truth', sa.Boolean), sa.Column('text', sa.Text), sa.Column('bytes', sa.LargeBinary),
    sa.Column('day', sa.Date), sa.Column('time', sa.Time), sa.Column('moment', sa.DateTime),
    sa.Column('instant', sa.DateTime(timezone=True)), sa.Column('uuid', sa.Uuid))


def made(**options):
    return sa.create_engine(URL, use_native_hstore=False, **options)


def with_tables(**options):
    engine = made(**options)
    with engine.begin() as connection:
        for table in (things, people, kinds):
            connection.execute(sa.text(f'DROP TABLE IF EXISTS {table.name}'))
        meta.create_all(connection, checkfirst=False)
        connection.execute(people.insert(), [{'id': 1, 'name': 'Ada', 'height': decimal.Decimal('1.65')},
                                             {'id': 2, 'name': 'Žofie', 'height': None}])
        connection.execute(things.insert(), [{'id': n, 'owner': 1 + n % 2, 'what': f'thing {n}'} for n in range(10)])
    return engine


def code(caught):
    return caught.orig.sqlstate


@check
def an_engine_connects_and_knows_its_server():
    with made().connect() as connection:
        assert connection.dialect.server_version_info >= (10,)
        assert connection.dialect.default_schema_name == 'public'
        assert connection.get_isolation_level() == 'READ COMMITTED'


@check
def an_engine_with_its_defaults_connects():
    with sa.create_engine(URL).connect() as connection:
        assert connection.scalar(sa.select(sa.literal(1))) == 1


@check
def values_of_every_type_come_back_as_they_went():
    rows = [
        {'id': 1, 'small': -32768, 'large': 2**63 - 1, 'real': 0.1, 'exact': decimal.Decimal('12.500'), 'truth': True,
         'text': 'žluťoučký 🐎', 'bytes': bytes(range(256)), 'day': datetime.date(2024, 2, 29),
         'time': datetime.time(12, 34, 56, 789), 'moment': datetime.datetime(2024, 2, 29, 12, 34, 56, 789),
         'instant': datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.timezone.utc),
         'uuid': uuid.UUID('00112233-4455-6677-8899-aabbccddeeff')},
        {'id': 2, **{c.name: None for c in kinds.columns if c.name != 'id'}}]
    with with_tables().begin() as connection:
        connection.execute(kinds.insert(), rows)
        found = [dict(row._mapping) for row in connection.execute(sa.select(kinds).order_by(kinds.c.id))]
        assert found == rows, found
        assert [type(v) for v in found[0].values()] == [type(v) for v in rows[0].values()]
        for name, value in rows[0].items():
            assert connection.scalar(sa.select(kinds.c.id).where(kinds.c[name] == value)) == 1, name


@check
def queries_join_group_and_order():
    query = (sa.select(people.c.name, sa.func.count(things.c.id).label('n'), sa.func.max(things.c.what))
             .join_from(people, things).where(things.c.what.like('thing%'), things.c.id.in_([1, 2, 3, 5]))
             .group_by(people.c.name).having(sa.func.count() > 0).order_by(sa.desc('n')).limit(5).offset(0))
    with with_tables().connect() as connection:
        assert [tuple(row) for row in connection.execute(query)] == [('Žofie', 3, 'thing 5'), ('Ada', 1, 'thing 2')]


@check
def expressions_have_types():
    with with_tables().connect() as connection:
        row = connection.execute(sa.select(
            people.c.id + 1, people.c.name + '!', sa.cast('7', sa.Integer),
            sa.case((people.c.id == 1, 'first'), else_='x'), sa.func.coalesce(people.c.height, 0),
            people.c.height.is_(None), sa.literal('x'), sa.null(),
            sa.select(sa.func.count()).select_from(things).scalar_subquery()).where(people.c.id == 1)).one()
        assert tuple(row) == (2, 'Ada!', 7, 'first', decimal.Decimal('1.65'), False, 'x', None, 10), row


@check
def rows_are_changed_and_returned():
    with with_tables().begin() as connection:
        assert connection.execute(things.update().where(things.c.owner == 1).values(what='x')).rowcount == 5
        returned = connection.execute(things.delete().where(things.c.id < 2).returning(things.c.id, things.c.owner))
        assert sorted(tuple(row) for row in returned) == [(0, 1), (1, 2)]
        result = connection.execute(people.insert().returning(people.c.id, sort_by_parameter_order=True),
                                    [{'id': n, 'name': f'n{n}'} for n in range(10, 13)])
        assert [n for n, in result] == [10, 11, 12]
        assert connection.execute(people.insert().values(id=20, name='x')).inserted_primary_key == (20,)


@check
def a_conflict_is_resolved():
    from sqlalchemy.dialects.postgresql import insert
    plain = insert(people).values(id=1, name='Ada', height=decimal.Decimal('9.99'))
    statement = plain.on_conflict_do_update(index_elements=[people.c.id], set_={'height': plain.excluded.height})
    with with_tables().begin() as connection:
        connection.execute(statement)
        connection.execute(insert(people).values(id=1, name='Eva').on_conflict_do_nothing())
        assert [tuple(r) for r in connection.execute(sa.select(people).where(people.c.id == 1))] == [
            (1, 'Ada', decimal.Decimal('9.99'))]


@check
def ten_thousand_rows_go_in_batches():
    with with_tables().begin() as connection:
        connection.execute(things.insert(), [{'id': n, 'owner': 1, 'what': None} for n in range(100, 10_100)])
        assert connection.scalar(sa.select(sa.func.count()).select_from(things)) == 10_010


@check
def errors_are_of_their_kinds():
    engine = with_tables()
    for statement, kind, state in ((people.insert().values(id=1, name='x'), exc.IntegrityError, '23505'),
                                   (people.insert().values(id=9), exc.IntegrityError, '23502'),
                                   (things.insert().values(id=99, owner=99), exc.IntegrityError, '23503'),
                                   (sa.text('SELECT * FROM nosuch'), exc.ProgrammingError, '42P01'),
                                   (sa.text('SELEC 1'), exc.ProgrammingError, '42601')):
        with engine.connect() as connection:
            assert code(raises(kind, lambda: connection.execute(statement))) == state
            assert code(raises(exc.InternalError, lambda: connection.execute(sa.text('SELECT 1')))) == '25P02'
            connection.rollback()
            assert connection.scalar(sa.text('SELECT 1')) == 1


@check
def transactions_commit_roll_back_and_nest():
    engine = with_tables()
    with engine.connect() as connection:
        connection.execute(people.delete().where(people.c.id == 99))
        connection.execute(things.delete())
        connection.rollback()
        with connection.begin():
            connection.execute(people.insert().values(id=5, name='kept'))
            nested = connection.begin_nested()
            raises(exc.IntegrityError, lambda: connection.execute(people.insert().values(id=5, name='lost')))
            nested.rollback()
            with connection.begin_nested():
                connection.execute(people.insert().values(id=6, name='kept too'))
    with engine.connect() as connection:
        assert connection.scalars(sa.select(people.c.id).order_by(people.c.id)).all() == [1, 2, 5, 6]
        assert connection.scalar(sa.select(sa.func.count(things.c.id))) == 10


@check
def isolation_levels_and_autocommit():
    engine = with_tables()
    with engine.connect().execution_options(isolation_level='AUTOCOMMIT') as connection:
        connection.execute(people.insert().values(id=7, name='at once'))
    with engine.connect().execution_options(isolation_level='SERIALIZABLE') as connection:
        assert connection.get_isolation_level() == 'SERIALIZABLE'
        assert connection.scalar(sa.select(sa.func.count()).select_from(people)) == 3
    with engine.connect().execution_options(postgresql_readonly=True) as connection:
        assert code(raises(exc.InternalError, lambda: connection.execute(people.delete()))) == '25006'


@check
def a_pool_gives_connections_that_are_clean():
    engine = with_tables(pool_size=2, max_overflow=0, pool_pre_ping=True)
    for n in range(6):
        with engine.connect() as connection:
            connection.execute(people.insert().values(id=100 + n, name=f'never {n}'))
    with engine.connect() as one, engine.connect() as two:
        assert one.scalar(sa.select(sa.func.count()).select_from(people)) == 2
        assert two.connection.driver_connection is not one.connection.driver_connection


@check
def a_result_is_streamed_from_a_cursor_of_the_server():
    engine = with_tables()
    with engine.begin() as connection:
        connection.execute(things.insert(), [{'id': n, 'owner': 1, 'what': 'x'} for n in range(100, 2100)])
        result = connection.execution_options(stream_results=True, yield_per=100).execute(
            sa.select(things.c.id).order_by(things.c.id))
        parts = [len(part) for part in result.partitions()]
        assert sum(parts) == 2010 and max(parts) == 100


@check
def a_query_is_cancelled():
    import threading
    with with_tables().connect() as connection:
        timer = threading.Timer(0.3, connection.connection.driver_connection.cancel)
        timer.start()
        assert code(raises(exc.OperationalError, lambda: connection.execute(sa.text(ENDLESS)))) == '57014'
        timer.join()
        connection.rollback()
        assert connection.scalar(sa.text('SELECT 1')) == 1


@check
def rows_are_copied_through_the_driver():
    with with_tables().begin() as connection:
        cursor = connection.connection.cursor()
        with cursor.copy('COPY people (id, name) FROM STDIN') as copy:
            for n in range(10, 20):
                copy.write_row((n, f'copied ž {n}'))
        with cursor.copy('COPY (SELECT id, name FROM people WHERE id >= 18 ORDER BY id) TO STDOUT') as copy:
            assert list(copy.rows()) == [('18', 'copied ž 18'), ('19', 'copied ž 19')]


@check
def tables_are_looked_up():
    inspector = sa.inspect(with_tables())
    assert inspector.has_table('people') and not inspector.has_table('nosuch')
    assert {'people', 'things', 'kinds'} <= set(inspector.get_table_names())
    assert [c['name'] for c in inspector.get_columns('people')] == ['id', 'name', 'height']


run()

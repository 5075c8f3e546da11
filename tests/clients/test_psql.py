"""psql's output, letter by letter."""

import os
import re
import shutil
import signal
import subprocess

import pytest

WORDS = {  # texts of errors that are each engine's own
    'nosuch': r'.*nosuch.*', 'syntax': r'.*syntax error.*', 'unique': r'.*(unique|UNIQUE).*', 'cancel': r'cancel.*',
}


def program():
    found = shutil.which('psql') or f'{os.environ.get("PGWIRE_POSTGRES15", "")}/psql'
    if not os.path.exists(found):
        pytest.fail('no psql') if os.environ.get('CI') else pytest.skip('no psql')
    return found


def command(server, *options):
    environment = {k: v for k, v in os.environ.items() if not k.startswith('PG')}
    environment.update(LC_ALL='C.UTF-8', PGCLIENTENCODING='UTF8', PSQL_HISTORY='/dev/null')
    return [program(), '-X', '-w', *options, server.dsn], environment


def psql(server, script='', *options):
    """Run a script: (what it prints, what it complains, exit code)."""
    arguments, environment = command(server, *options)
    done = subprocess.run(arguments, input=script, capture_output=True, text=True, timeout=30, env=environment)
    return done.stdout, done.stderr, done.returncode


@pytest.fixture
def run(target):
    psql(target, """
        DROP TABLE IF EXISTS t;
        CREATE TABLE t (a integer PRIMARY KEY, b text);
        INSERT INTO t VALUES (1, 'one'), (22, NULL), (333, 'žlutý');""")
    return lambda script='', *options: psql(target, script, *options)


def test_a_table_with_numbers_to_the_right_and_text_to_the_left(run):
    assert run("\\pset null (null)\nSELECT a, b FROM t ORDER BY a;\n", '-q') == (
        '  a  |   b    \n'
        '-----+--------\n'
        '   1 | one\n'
        '  22 | (null)\n'
        ' 333 | žlutý\n'
        '(3 rows)\n\n', '', 0)


def test_unaligned_tuples_only(run):
    assert run('SELECT a, b FROM t ORDER BY a;', '-At') == ('1|one\n22|\n333|žlutý\n', '', 0)


def test_expanded_output(run):
    assert run('SELECT a, b FROM t WHERE a = 1 \\gx', '-q') == ('-[ RECORD 1 ]\na | 1\nb | one\n\n', '', 0)


def test_comma_separated_output(run):
    assert run("SELECT a, b, 'x,\"y\"' AS c FROM t WHERE a <> 22 ORDER BY a",
               '--csv') == ('a,b,c\n1,one,"x,""y"""\n333,žlutý,"x,""y"""\n', '', 0)


def test_no_rows(run):
    assert run('SELECT a, b FROM t WHERE a = 0;') == (' a | b \n---+---\n(0 rows)\n\n', '', 0)


def test_every_kind_of_column(run):
    assert run("""
        CREATE TABLE kinds (s smallint, i integer, l bigint, r real, d double precision, f boolean, t text,
                            v varchar(20), day date, at timestamp, tz timestamptz, u uuid, j json, n numeric);
        INSERT INTO kinds VALUES (-32768, 2147483647, -9223372036854775807, 1.5, 0.1, true, 'text',
                                  'var', '2024-02-29', '2024-02-29 12:34:56.789', '2024-02-29 12:34:56+00',
                                  '00112233-4455-6677-8899-aabbccddeeff', '{"a": [1, 2]}', 12.5);
        INSERT INTO kinds (f, d) VALUES (false, 42);
        SELECT * FROM kinds ORDER BY f DESC;
        DROP TABLE kinds;""", '-Atq') == (
        '-32768|2147483647|-9223372036854775807|1.5|0.1|t|text|'
        'var|2024-02-29|2024-02-29 12:34:56.789|2024-02-29 12:34:56+00|'
        '00112233-4455-6677-8899-aabbccddeeff|{"a": [1, 2]}|12.5\n'
        '||||42|f||||||||\n', '', 0)


def test_command_tags(run):
    assert run("""
        INSERT INTO t VALUES (4, 'x'), (5, 'y');
        UPDATE t SET b = 'z' WHERE a > 3;
        DELETE FROM t WHERE a = 4;
        CREATE TABLE other (a integer);
        DROP TABLE other;
        BEGIN;
        SAVEPOINT s;
        RELEASE s;
        COMMIT;
        SET application_name = 'me';
        ;""") == ('INSERT 0 2\nUPDATE 4\nDELETE 1\nCREATE TABLE\nDROP TABLE\nBEGIN\nSAVEPOINT\nRELEASE\nCOMMIT\nSET\n',
                  '', 0)


def test_returning(run):
    assert run("INSERT INTO t VALUES (4, 'x') RETURNING b, a;", '-A') == ('b|a\nx|4\n(1 row)\nINSERT 0 1\n', '', 0)


def test_an_error_points_at_its_word(run):
    out, complaint, code = run('SELECT a FROM nosuch;')
    assert (out, code) == ('', 0)
    assert re.fullmatch(r'ERROR:  ' + WORDS['nosuch'] + r'\nLINE 1: SELECT a FROM nosuch;\n {22}\^\n', complaint)


def test_an_error_points_into_its_line(run):
    _, complaint, _ = run("SELECT a,\n  'é' AS e,\n  nosuch\nFROM t;\n")
    assert re.fullmatch(r'ERROR:  ' + WORDS['nosuch'] + r'\nLINE 3:   nosuch\n {10}\^\n(HINT:.*\n)?', complaint)


def test_a_syntax_error_points_at_its_word(run):
    _, complaint, _ = run('SELEC 1;')
    assert re.fullmatch(r'ERROR:  ' + WORDS['syntax'] + r'\nLINE 1: SELEC 1;\n {8}\^\n', complaint)


def test_an_error_behind_casts_points_at_its_word(run):
    _, complaint, _ = run("SELECT 'é'::text,\n  a::text, (a + 1)::int8, nosuch\nFROM t;\n")
    assert re.fullmatch(r'ERROR:  ' + WORDS['nosuch'] + r'\nLINE 2: .*\n {34}\^\n(HINT:.*\n)?', complaint)
    _, complaint, _ = run('SELECT a::int FROM t WHERE b::text = 1::text AND FROM;')
    assert re.fullmatch(r'ERROR:  .*syntax error at or near "FROM"\nLINE 1: .*\n {57}\^\n', complaint)


def test_a_parameter_in_a_simple_query_is_an_error_that_points_at_it(run):
    out, complaint, _ = run('\\set VERBOSITY verbose\nSELECT a FROM t WHERE a = $1;\n', '-At')
    assert out == ''
    assert re.match(r'ERROR:  42P02: there is no parameter \$1\nLINE 1: .*\n {34}\^\n', complaint)


def test_a_unique_violation(run):
    out, complaint, code = run(
        "\\set VERBOSITY sqlstate\nINSERT INTO t VALUES (1, 'again');\n\\echo :ERROR :SQLSTATE :LAST_ERROR_SQLSTATE\n")
    assert (out, complaint, code) == ('true 23505 23505\n', 'ERROR:  23505\n', 0)
    _, complaint, _ = run("INSERT INTO t VALUES (1, 'again');")
    assert re.match('ERROR:  ' + WORDS['unique'], complaint)


def test_strings_in_every_spelling_are_text(run):
    assert run(r"SELECT E'a\tb\\c', e'it\'s', E'\u00e9', E'\x41', E'\\x41', $$it's ''x$$, U&'\0061';" '\n', '-Atq') == (
        'a\tb\\c|it\'s|é|A|\\x41|it\'s \'\'x|a\n', '', 0)


def test_psql_knows_how_the_last_query_went(run):
    script = 'SELECT a FROM t;\n\\echo :ERROR :SQLSTATE :ROW_COUNT\nDELETE FROM t;\n\\echo :ROW_COUNT\n'
    assert run(script, '-q', '-o', '/dev/null') == ('false 00000 3\n3\n', '', 0)


def test_an_error_stops_a_script_that_asks_for_it(run):
    out, complaint, code = run('SELECT 1 AS n;\nSELECT nosuch;\nSELECT 2 AS n;\n', '-At', '-v', 'ON_ERROR_STOP=1')
    assert (out, code) == ('1\n', 3) and complaint.startswith('ERROR:')


def test_a_script_goes_on_after_an_error_otherwise(run):
    out, complaint, code = run('SELECT 1 AS n;\nSELECT nosuch;\nSELECT 2 AS n;\n', '-At')
    assert (out, code) == ('1\n2\n', 0) and complaint.startswith('ERROR:')


def test_transactions(run):
    assert run("""
        BEGIN;
        INSERT INTO t VALUES (4, 'x');
        SELECT count(*) FROM t;
        ROLLBACK;
        SELECT count(*) FROM t;
        BEGIN;
        DELETE FROM t;
        COMMIT;
        SELECT count(*) FROM t;""", '-Atq') == ('4\n3\n0\n', '', 0)


def test_a_failed_transaction(run):
    out, complaint, _ = run('\\set VERBOSITY sqlstate\nBEGIN;\nSELECT nosuch;\nSELECT 1;\nCOMMIT;\nSELECT 1 AS n;\n',
                            '-At')
    assert (out, complaint) == ('BEGIN\nROLLBACK\n1\n', 'ERROR:  42703\nERROR:  25P02\n')


def test_errors_inside_a_transaction_are_undone_alone_when_asked(run):
    out, complaint, _ = run(
        "\\set ON_ERROR_ROLLBACK on\n\\set VERBOSITY sqlstate\nBEGIN;\nINSERT INTO t VALUES (4, 'x');\nSELECT nosuch;\n"
        'INSERT INTO t VALUES (5, NULL);\nCOMMIT;\nSELECT count(*) FROM t;\n', '-Atq')
    assert (out, complaint) == ('5\n', 'ERROR:  42703\n')


def test_several_statements_in_one_option_are_one_transaction(run):
    out, complaint, code = run(
        '', '-At', '-c', "INSERT INTO t VALUES (4, 'x'); SELECT count(*) FROM t; INSERT INTO t VALUES (1, 'again')")
    assert (out, code) == ('INSERT 0 1\n4\n', 1) and complaint.startswith('ERROR:')
    assert run('', '-At', '-c', 'SELECT count(*) FROM t') == ('3\n', '', 0)


def test_several_options_are_several_queries(run):
    assert run('', '-At', '-c', 'SELECT 1 AS n', '-c', 'SELECT 2 AS n; SELECT 3 AS n') == ('1\n2\n3\n', '', 0)


def test_a_script_in_a_single_transaction(run):
    out, complaint, code = run("INSERT INTO t VALUES (4, 'x');\nSELECT nosuch;\n", '-At', '-1', '-v', 'ON_ERROR_STOP=1',
                               '-f', '-')
    assert (out, code) == ('INSERT 0 1\n', 3) and 'ERROR:' in complaint
    assert run('SELECT count(*) FROM t;', '-At') == ('3\n', '', 0)


def test_warnings(run):
    out, complaint, _ = run('COMMIT;\nBEGIN;\nBEGIN;\nROLLBACK;\n')
    assert out == 'COMMIT\nBEGIN\nBEGIN\nROLLBACK\n'
    assert complaint == ('WARNING:  there is no transaction in progress\n'
                         'WARNING:  there is already a transaction in progress\n')


def test_results_into_variables(run):
    assert run("SELECT a AS first, b AS second FROM t WHERE a = 1 \\gset\n\\echo :first :second\n"
               "SELECT :first + 1 AS n, :'second' AS t;\n", '-At') == ('1 one\n2|one\n', '', 0)


def test_results_as_queries(run):
    assert run("SELECT 'SELECT ' || a || ' AS n' FROM t ORDER BY a \\gexec\n", '-At') == ('1\n22\n333\n', '', 0)


def test_psql_tells_the_server_its_name(run):
    assert run('SHOW application_name;', '-At') == ('psql\n', '', 0)


def test_psql_reads_what_the_server_reports(run):
    out, complaint, _ = run('\\encoding\n\\echo :SERVER_VERSION_NUM :ENCODING\nSHOW server_version;\n', '-At')
    encoding, line, version = out.splitlines()
    number, client_encoding = line.split()
    assert (encoding, client_encoding, complaint) == ('UTF8', 'UTF8', '')
    assert version.split('.')[0] == str(int(number) // 10000)


def test_conninfo(run, target):
    out, complaint, _ = run('\\conninfo\n')
    assert complaint == '' and 'database "postgres" as user "postgres"' in out or 'Server Port' in out
    assert str(target.port) in out


def test_the_columns_of_a_query_are_described(run):
    assert run("SELECT a, b FROM t \\gdesc\n", '-At') == ('a|integer\nb|text\n', '', 0)


def test_parameters(run):
    version = subprocess.run([program(), '--version'], capture_output=True, text=True).stdout
    if int(re.search(r'\) (\d+)', version).group(1)) < 16:
        pytest.skip('\\bind came with psql 16')
    assert run("SELECT b FROM t WHERE a = $1 \\bind 1 \\g\n", '-At') == ('one\n', '', 0)


def test_statements_are_prepared_executed_and_forgotten(run):
    assert run("""
        PREPARE found (integer, text) AS SELECT a, b FROM t WHERE a = $1 OR b = $2 ORDER BY a;
        EXECUTE found(22, 'one');
        PREPARE more AS INSERT INTO t VALUES ($1, $2);
        EXECUTE more(4, 'it''s');
        EXECUTE more('5', NULL);
        EXECUTE found(4.4, NULL);
        DEALLOCATE found;
        DEALLOCATE ALL;""", '-At') == (
        'PREPARE\n1|one\n22|\nPREPARE\nINSERT 0 1\nINSERT 0 1\n4|it\'s\nDEALLOCATE\nDEALLOCATE ALL\n', '', 0)


def test_errors_of_prepare_and_execute_say_what_postgresql_says(run):
    out, complaint, _ = run("""
        PREPARE s (integer) AS SELECT b FROM t WHERE a = $1;
        PREPARE s AS SELECT 1;
        EXECUTE s;
        EXECUTE s(1, 2);
        EXECUTE nosuch(1);""", '-At')
    assert out == 'PREPARE\n'
    assert complaint == (
        'ERROR:  prepared statement "s" already exists\n'
        'ERROR:  wrong number of parameters for prepared statement "s"\nDETAIL:  Expected 1 parameters but got 0.\n'
        'ERROR:  wrong number of parameters for prepared statement "s"\nDETAIL:  Expected 1 parameters but got 2.\n'
        'ERROR:  prepared statement "nosuch" does not exist\n')


def test_an_error_in_prepare_or_execute_points_at_its_word(run):
    _, complaint, _ = run("PREPARE é AS SELECT 'é', nosuch FROM t;\n")
    assert re.fullmatch(r'ERROR:  ' + WORDS['nosuch'] + r'\nLINE 1: .*\n {33}\^\n', complaint)
    _, complaint, _ = run("PREPARE s (integer) AS SELECT $1;\nEXECUTE s('é');\n")
    assert complaint == ('ERROR:  invalid input syntax for type integer: "é"\nLINE 1: EXECUTE s(\'é\');\n'
                         '                  ^\n')
    _, complaint, _ = run("PREPARE s (integer, nosuch) AS SELECT $1;\n")
    assert complaint == ('ERROR:  type "nosuch" does not exist\nLINE 1: PREPARE s (integer, nosuch) AS SELECT $1;\n'
                         '                            ^\n')


def test_a_thousand_statements_by_a_script(run):
    script = ''.join(f"INSERT INTO t VALUES ({n}, 'row {n}');\n" for n in range(1000, 2000))
    assert run(f'BEGIN;\n{script}COMMIT;\nSELECT count(*), min(a), max(a) FROM t WHERE a >= 1000;\n',
               '-Atq') == ('1000|1000|1999\n', '', 0)


def test_many_rows(run):
    out, complaint, code = run(
        'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i FROM n;', '-At')
    assert (out.split(), complaint, code) == ([str(n) for n in range(1, 100001)], '', 0)


# ------------------------------------------------------------ COPY


def test_copy_from_a_file_and_to_a_file(run, tmp_path):
    before, after = tmp_path / 'before', tmp_path / 'after'
    before.write_text('4\tfour\n5\t\\N\n6\ta\\tb\\\\c\n7\tžlutý\n')
    assert run(f"\\copy t from '{before}'\n\\copy (SELECT a, b FROM t WHERE a BETWEEN 4 AND 7 ORDER BY a) to '{after}'\n"
               'SELECT count(*) FROM t WHERE b IS NULL;', '-At') == ('COPY 4\nCOPY 4\n2\n', '', 0)
    assert after.read_text() == before.read_text()


@pytest.mark.parametrize('options', ['csv', 'csv header', "csv delimiter ';' quote '''' escape '\\' null 'nil'",
                                     '(format csv, header match, force_null (b))', 'binary', '(format text, header)'])
def test_copy_in_other_formats(run, tmp_path, options):
    before, after, same = tmp_path / 'before', tmp_path / 'after', tmp_path / 'same'
    before.write_text('4\tfour\n5\t\\N\n6\ta\\tb\\\\c\\n,";\'\n7\tžlutý\n')
    out = options.replace(', header match, force_null (b)', ', header, force_quote *')
    rows = '(SELECT a, b FROM t WHERE a > 3 AND a < 8 ORDER BY a)'
    assert run(f"\\copy t from '{before}'\n\\copy {rows} to '{after}' {out}\nDELETE FROM t WHERE a > 3 AND a < 8;\n"
               f"\\copy t from '{after}' {options}\n\\copy {rows} to '{same}'\n", '-Atq') == ('', '', 0)
    assert same.read_text() == before.read_text()


def test_copy_with_the_old_words(run, tmp_path):
    file = tmp_path / 'data'
    assert run(f"\\copy t to '{file}' with delimiter ';' null ''\nDELETE FROM t;\n"
               f"\\copy t (a, b) from '{file}' delimiter as ';' null as ''\n"
               '\\pset null (null)\nSELECT a, b FROM t ORDER BY a;', '-Atq') == (
        '1|one\n22|(null)\n333|žlutý\n', '', 0)
    assert sorted(file.read_text().splitlines()) == ['1;one', '22;', '333;žlutý']


def test_copy_from_the_script_itself(run):
    assert run('COPY t FROM STDIN;\n4\tfour\n5\tfive\n\\.\n\\copy t (a) from stdin\n6\n\\.\n'
               'COPY (SELECT b, a FROM t WHERE a BETWEEN 4 AND 6 ORDER BY a) TO STDOUT (DELIMITER \',\');\n') == (
        'COPY 2\nCOPY 1\nfour,4\nfive,5\n\\N,6\n', '', 0)


def test_copy_in_a_transaction_that_is_rolled_back(run, tmp_path):
    file = tmp_path / 'data'
    file.write_text(''.join(f'{n}\trow {n}\n' for n in range(1000, 21000)))
    assert run(f"BEGIN;\n\\copy t from '{file}'\nSELECT count(*) FROM t;\nROLLBACK;\nSELECT count(*) FROM t;\n",
               '-At') == ('BEGIN\nCOPY 20000\n20003\nROLLBACK\n3\n', '', 0)


@pytest.mark.parametrize('line,complaint', [
    ('x\tfour', 'invalid input syntax for type integer: "x"\nCONTEXT:  COPY t, line 2, column a: "x"'),
    ('5', 'missing data for column "b"\nCONTEXT:  COPY t, line 2: "5"'),
    ('5\tfive\tmore', 'extra data after last expected column\nCONTEXT:  COPY t, line 2: "5\tfive\tmore"'),
    ('5000000000\tfive',
     'value "5000000000" is out of range for type integer\nCONTEXT:  COPY t, line 2, column a: "5000000000"'),
    ('1\tagain', r'.*\n(DETAIL:.*\n)?CONTEXT:  COPY t, line 2')])
def test_an_error_of_copy_names_its_line_and_leaves_nothing(run, line, complaint):
    out, said, _ = run(f'COPY t FROM STDIN;\n4\tfour\n{line}\n\\.\nSELECT count(*) FROM t;\n', '-Atq')
    assert out == '3\n'
    assert re.match('ERROR:  ' + (complaint if '.*' in complaint else re.escape(complaint)), said), said


def test_an_error_in_the_query_of_copy_points_at_its_word(run):
    _, complaint, _ = run("COPY (SELECT 'é', nosuch FROM t) TO STDOUT;")
    assert re.fullmatch(r'ERROR:  ' + WORDS['nosuch'] + r'\nLINE 1: .*\n {26}\^\n', complaint)


def test_the_interrupt_key_cancels(target):
    arguments, environment = command(target, '-At', '-o', '/dev/null', '-c',
                                     'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n')
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=environment) as process:
        for _ in range(50):  # it can be told to cancel only once it has sent its query
            try:
                _, complaint = process.communicate(timeout=0.3)
                break
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT)
        else:
            process.kill()
            pytest.fail('psql goes on after fifty interrupts')
    # an early interrupt ends psql itself
    assert process.returncode in (1, 2, -signal.SIGINT)
    assert re.search('ERROR:  ' + WORDS['cancel'], complaint)


def test_a_result_is_fetched_in_portions(run):
    numbers = ('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 350) '
               'SELECT CAST(i AS integer) FROM n;\n')
    assert run('\\set FETCH_COUNT 100\n' + numbers, '-At') == ('\n'.join(map(str, range(1, 351))) + '\n', '', 0)
    out, complaint, _ = run('\\set FETCH_COUNT 2\nSELECT nosuch FROM t;\nSELECT a FROM t ORDER BY a;\n', '-At')
    assert re.search(WORDS['nosuch'], complaint) and out == '1\n22\n333\n'

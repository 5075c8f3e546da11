#!/usr/bin/env python3
"""Asks a PostgreSQL server how it reads and writes edge values, and prints the table postgres_values.inc.

    PGHOST=… PGPORT=… PGUSER=… tests/unit/types/postgres_values.py > tests/unit/types/postgres_values.inc

Each row is {type, text in, SQLSTATE or "", the server's text, the server's binary form in hex}. The session has
PostgreSQL's default settings and TimeZone UTC. The values are the same at each run.
"""
import random
import subprocess

random.seed(20)


def around(limit):
    return [str(limit + i) for i in (-1, 0, 1)]


def integers(bits):
    low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    values = ["0", "1", "-1", "+1", "-0", "+0", "007", " 42", "42 ", "\t\n\v\f\r42 ", "", " ", "-", "+", "--1", "+-1",
              "- 1", "1 2", "1x", "x1", "0x10", "1_000", "1e3", "1.0", ".5", "9" * 30, "-" + "9" * 30, "9" * 30 + "x",
              "0" * 40 + "7", "1,000", "\u00a01", "\u0661"]
    values += around(low) + around(high) + ["+" + str(high), " " + str(low) + " ", str(high) + "0", str(low) + "x"]
    values += [str(random.randint(low, high) >> random.randrange(bits)) for _ in range(60)]
    return values + [str(10**i) for i in range(len(str(high)))] + [str(-(10**i)) for i in range(len(str(high)))]


def floats(digits, lowest, highest, many):
    values = ["0", "-0", "+0", "1", "-1", "42", "42.0", "0.1", ".5", "5.", "-.5", "+.5e1", "1e0", "1E+05", "1e-05",
              " 1 ",
              "\t1\n", "inf", "-inf", "+inf", "Infinity", "-INFINITY", "+infinity", "nan", "NaN", "-nan",
              "nan(", "infinit", "infinityx", "", " ", ".", "-", "+", "e5", "1e", "1e+", "1 e5", "1x", "1.2.3", "--1",
              "0x1A", "0x1p3", "0x1.8p1", "0X.8", "0x", "0x1p", "-0x10", "1e400", "-1e400", "1e-400", "-1e-400",
              "0e400",
              "1_0", "1d5", "1f", "1e99999999999", "0e-99999999999", "1e23", "8.41e21", "9007199254740993",
              "16777217", "0.30000000000000004", "123456789012345678", "4.35", "2.2250738585072011e-308"]
    values += ["%ge%d" % (m, e) for e in range(-7, 20) for m in (1, 1.5, 9.99999)]
    values += ["1e%d" % e for e in range(lowest - 3, highest + 3)][:: max(1, (highest - lowest) // 60)]
    values += [lowest_value for lowest_value in
               ("4.9e-324", "2.4e-324", "2.5e-324", "1.7976931348623157e308", "1.7976931348623159e308", "1.4e-45",
               "7e-46",
                "7.1e-46", "3.4028235e38", "3.4028236e38", "1.17549435e-38", "1.1754942e-38")]
    for _ in range(many):
        n = random.randrange(1, digits + 3)
        values.append("%s%de%d" % (random.choice("- "), random.randrange(10**n), random.randint(lowest, highest) - n))
    return values


def numerics():
    values = ["0", "-0", "0.0", "-0.00", "+0", "1", "-1", "+1", "1.", ".1", "-.1", ".", "", " ", "-", "+", " 1.5 ",
              "\t1\n",
              "00012", "000", "0.000", "1.50", "1.5000", "10000", "9999", "99999999", "100000000", "0.0001", "0.00001",
              "0.00000001", "0.9999", "9999.9999", "10000.0001", "12345678.87654321", "1e3", "1E3", "1e+3", "1e-3",
              "1.5e1",
              "1.50e1", "1.5e5", "1.5e-5", "150e-1", "1e", "1e+", "1e1.5", "e5", "1e0", "0e10", "0e-10", "0.0e1", "NaN",
              "nan", " NAN ", "+NaN", "-NaN", "inf", "+inf", "-inf", "Infinity", "+Infinity", "-infinity", " INF ",
              "infinit",
              "infinityx", "nanx", "1x", "x", "1 2", "1,5", "--1", "+-1", "0x10", "1_000", "1e131071", "1e131072",
              "9e131071",
              "1e-16383", "1e-16384", "1.5e-16383", "1e2147483647", "1e-2147483648", "1e99999999999", "0e131073",
              "0e99999999999", "1e100", "-1e100", "0" * 300 + "1", "0." + "0" * 300 + "1", "1" * 1000,
              "1." + "1" * 1000,
              "0." + "0" * 16382 + "1", "0." + "0" * 16383 + "1", "1" + "0" * 131071, "1" + "0" * 131072, "1e-20000",
              "10e131070", "0.1e131072", "0.00010000", "100.000", "5000000000000000.0000000000000005"]
    for _ in range(200):
        whole = str(random.randrange(10 ** random.randrange(1, 30)))
        value = random.choice(["", "-", "+"]) + "0" * random.choice([0, 0, 0, 3]) + whole
        if random.random() < 0.7:
            value += "." + "".join(random.choice("0001234567890009") for _ in range(random.randrange(0, 25)))
        if random.random() < 0.3:
            value += "e%d" % random.randint(-30, 30)
        values.append(value)
    return values


BYTEA = ["", "\\x", "\\x00", "\\xff", "\\xDEADbeef", "\\x de ad\tbe\nef ", "\\xd", "\\xd e", "\\xgg", "\\xdeadbeef0",
         "\\X00",
         "abc", "\\\\", "a\\\\b", "\\", "a\\", "\\0", "\\00", "\\000", "\\001", "\\377", "\\400", "\\378", "\\1234",
         "\\12",
         "\\x\\x", "x", "a b", " abc ", "\u00e4\u20ac", "\t\n", "'\"", "\\x 0 0", "\\047", "\\134", "\\x" + "00" * 40,
         "\\x" + "".join("%02x" % i for i in range(256)), "".join("\\%03o" % i for i in range(256))]

U = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"
UUID = [U, U.upper(), "{" + U + "}", U.replace("-", ""), "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11",
        "{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}", " " + U, U + " ", "", "{", "{}", "{" + U, U + "}", U[:-1], U + "0",
        U + "-",
        "-" + U, "a0eebc99--9c0b4ef8bb6d6bb9bd380a11", "a-0eebc999c0b4ef8bb6d6bb9bd380a11", "g" + U[1:], "0" * 32,
        "f" * 32,
        "{" + "0" * 32 + "}", "a0-eebc999c0b4ef8bb6d6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1g"]

BOOL = ["t", "f", "true", "false", "TRUE", "False", "tr", "tru", "fal", "y", "yes", "Ye", "n", "no", "on", "ON", "o",
        "of",
        "off", "1", "0", " t ", "\tfalse\n", "", " ", "2", "10", "truex", "yess", "nope", "onn", "offf", "-1", "+1",
        "t t",
        "wahr", "01", "00", "T", "F", "tRuE", " oN", "O", "Of "]

DATES = ["2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29", "2000-01-01", "1999-12-31", "1970-01-01", "0001-01-01",
         "0001-01-01 BC", "0004-02-29 BC", "0005-02-29 BC", "0044-03-15 BC", "4714-11-24 BC", "4714-11-23 BC",
         "4713-01-01 BC",
         "5000-01-01 BC", "9999-12-31", "10000-01-01", "99999-01-01", "294276-12-31", "294277-01-01", "5874897-12-31",
         "5874898-01-01", "5874897-01-01", "9999999-01-01", "infinity", "-infinity", "+infinity", "Infinity",
         " infinity ",
         "epoch", "EPOCH", "20240229", "20230229", "240229", "690101", "700101", "2024-2-9", "2024-1-1", "2024-13-01",
         "2024-00-01", "2024-01-00", "2024-01-32", "2024-04-31", "0000-01-01", "0-1-1", "000-01-01", "", " ", "-", "x",
         "2024", "2024-01", "2024-01-", "-2024-01-01", "2024-01-01-01", "2024-01-01x", "2024-01-01 x",
         "2024-02-29 12:34:56", "2024-02-29T12:34:56", "2024-02-29 12:34:56+02", "2024-02-29 25:00:00", " 2024-02-29 ",
         "2/29/2024", "02/29/2024", "29/02/2024", "2/3/04", "2/3/69", "2/3/70", "2/3/99", "2-3-2004", "2024/02/29",
         "2024.02.29", "1.2.2003", "2024-02-29 AD", "2024-02-29 ad", "2024-02-29 bc", "2024-02-29 BC AD",
         "2024-02-29 XY",
         "1-1-1", "001-01-01", "99-01-01", "100-01-01", "2024-001-01", "2024-01-001", "infinit", "\t2024-01-01\n"]

TIMES = ["00:00", "00:00:00", "12:34", "12:34:56", "1:2:3", "1:2", "01:02:03.4", "01:02:03.123456", "01:02:03.1234564",
         "01:02:03.1234565", "01:02:03.1234566", "01:02:03.1234575", "01:02:03.999999", "01:02:03.9999995",
         "01:02:03.99999999999999999999", "01:02:03.000001", "01:02:03.0000004", "01:02:03.", "01:02.5", "24:00:00",
         "24:00:00.000001", "24:00:01", "24:01", "25:00", "23:59:59.999999", "23:59:59.9999999", "23:59:60",
         "23:59:60.5",
         "23:59:61", "12:60", "12:59:60", "12:59:60.9", "00:00:60", "", " ", ":", "12:", ":12", "12", "1234", "123456",
         "12345", "123456.5", "T123456", "T12:34", "t12:34:56", "12:34 AM", "12:34 PM", "11:59pm", "1:00 am", "1:00 PM",
         "13:00 PM", "13:00 AM", "00:00 AM", "00:00 PM", "0:30 am", "12:34 XM", " 12:34:56 ", "12:34:56+02",
         "12:34:56 +02:30",
         "12:34:56-08", "12:34:56Z", "12:34:56 UTC", "12:34:56 +16", "-12:34", "+12:34", "12:-34", "12:34x", "x12:34",
         "2024-02-29 12:34:56", "2024-02-29", "infinity", "epoch", "12 :34", "100:00", "1:100", "1:2:100", "001:02:03"]


def timestamps():
    values = ["2024-02-29 12:00:00+00", "2024-02-29 12:00:00", "2024-02-29T12:00:00Z", "2024-02-29t12:00:00z",
              "2024-02-29 12:00", "2024-02-29", "2024-02-29 12:00:00.5", "2024-02-29 12:00:00.123456",
              "2024-02-29 12:00:00.120000", "2024-02-29 12:00:00.1234567", "2024-02-29 12:00:00.9999999",
              "2024-02-29 23:59:59.9999999", "2024-12-31 23:59:60", "2024-12-31 23:59:60.5", "2024-12-31 23:59:61",
              "2024-01-01 24:00:00", "2024-01-01 24:00:01", "2024-01-01 25:00", "2024-02-30 12:00",
              "2023-02-29 00:00:00",
              "2024-02-29 12:00:00+02", "2024-02-29 12:00:00-08", "2024-02-29 12:00:00+0530",
              "2024-02-29 12:00:00+05:30",
              "2024-02-29 12:00:00+05:30:15", "2024-02-29 12:00:00 +5", "2024-02-29 12:00:00-8:00",
              "2024-02-29 12:00:00+15:59",
              "2024-02-29 12:00:00+15:59:59", "2024-02-29 12:00:00+16", "2024-02-29 12:00:00+99",
              "2024-02-29 12:00:00+12:60",
              "2024-02-29 12:00:00-15:59:59", "2024-02-29 12:00:00 UTC", "2024-02-29 12:00:00 GMT",
              "2024-02-29 12:00:00 zulu",
              "2024-02-29 12:00:00+", "2024-02-29 12:00:00 + 02", "2024-02-29 12:00:00 BC",
              "2024-02-29 12:00:00+02 BC", "0044-03-15 12:00:00+00 BC", "0001-01-01 00:00:00", "0001-12-31 23:59:59 BC",
              "0000-01-01 00:00", "4714-11-24 00:00:00 BC", "4714-11-24 00:00:00+00 BC", "4714-11-23 23:59:59 BC",
              "4714-11-23 23:00:00-02 BC", "4714-11-24 01:00:00+02 BC", "294276-12-31 23:59:59.999999",
              "294276-12-31 23:59:59.9999999", "294277-01-01 00:00:00", "294276-12-31 23:00:00-02",
              "294277-01-01 01:00:00+02", "294247-01-10 04:00:54.775807", "294247-01-10 04:00:54.775808", "infinity",
              "-infinity", "+infinity", " Infinity", "epoch", "", " ", "x", "12:00", "2024-02-29 12", "2024-02-29 1200",
              "2024-02-29 120000", "20240229 120000", "20240229T120000", "20240229T120000Z", "2024-02-29T",
              "2024-02-29T12",
              "2024-02-29 1:02 PM", "2024-02-29 12:02 AM", "2/29/2024 12:00", "2024-02-29 12:00:00 12:00",
              "2024-02-29 2024-02-29", "1999-12-31 23:59:59.999999", "2000-01-01 00:00:00",
              "2000-01-01 00:00:00.000001",
              "1999-12-31 23:59:59.9999999", "1969-12-31 23:59:59.5", "1582-10-10 00:00:00", "10000-01-01 00:00:00",
              "100000-06-15 01:02:03.000400", "  2024-02-29   12:00:00  ", "12:00 2024-02-29", "2024-02-29 -08",
              "2024-02-29 12:00:00.5+02", "2024-02-29 12:00:00.+02", "2024-02-29 12:00+02", "2024-02-29 12:00:00AM"]
    for _ in range(120):
        year = random.choice([random.randint(1900, 2100), random.randint(1, 9999), random.randint(10000, 290000)])
        value = "%04d-%02d-%02d %02d:%02d:%02d" % (year, random.randint(1, 12), random.randint(1, 28),
                                                   random.randint(0, 23), random.randint(0, 59), random.randint(0, 59))
        if random.random() < 0.7:
            value += "." + str(random.randrange(10 ** random.randrange(1, 9)))
        if random.random() < 0.5:
            value += "%s%02d:%02d" % (random.choice("+-"), random.randint(0, 14), random.choice([0, 0, 30, 45]))
        if random.random() < 0.2 and year < 4700:
            value += " BC"
        values.append(value)
    return values


def random_dates():
    return ["%04d-%02d-%02d%s" % (random.randint(1, 9999), random.randint(1, 12), random.randint(1, 31),
                                  random.choice(["", "", "", " BC"]) if i % 2 else "") for i in range(100)]


TEXT = ["", " ", "a", "abc", "\u00e4", "\u20ac", "\U0001f600", "a\tb\nc", "'", '"', "\\", "NULL", "null", "{}",
        "x" * 200, "a b ",
        "\ud7ff", "\ue000", "\U0010ffff", "\u0080", "\u07ff", "\u0800", "\uffff", "\x01\x7f"]
JSON = ["{}", "[]", "null", "true", "1.50", '"a"', ' {"a" : [1, 2.0, null] } ', '{"a":1,"a":2}', '"\\u00e4"']

CASES = {
    "bool": ("boolsend", BOOL), "int2": ("int2send", integers(16)), "int4": ("int4send", integers(32)),
    "int8": ("int8send", integers(64)),
    "oid": ("oidsend", integers(32) + ["4294967295", "4294967296", "-4294967295", "3000000000", "-2147483649"]),
    "float4": ("float4send", floats(7, -45, 38, 120)), "float8": ("float8send", floats(15, -324, 308, 120)),
    "numeric": ("numeric_send", numerics()), "bytea": ("byteasend", BYTEA), "uuid": ("uuid_send", UUID),
    "date": ("date_send", DATES + random_dates()), "time": ("time_send", TIMES),
    "timestamp": ("timestamp_send", timestamps()), "timestamptz": ("timestamptz_send", timestamps()),
    "text": ("textsend", TEXT), "varchar": ("varcharsend", TEXT), "bpchar": ("bpcharsend", TEXT),
    "name": ("namesend", [t for t in TEXT if len(t.encode("utf8", "surrogatepass")) < 64]), "json": ("json_send", JSON),
}

PROBE = """
\\set VERBOSITY terse
set client_encoding = 'UTF8'; set timezone = 'UTC'; set datestyle = 'ISO, MDY'; set extra_float_digits = 1;
set bytea_output = 'hex';
create function pg_temp.probe(type text, send text, input bytea, out state text, out shown text, out sent text) as $$
begin
    execute format('select '''', encode(convert_to(format(''%%s'', v), ''UTF8''), ''hex''), encode(%s(v), ''hex'')'
                   ' from (select cast(convert_from($1, ''UTF8'') as %s) as v) as t', send, type)
        using input into state, shown, sent;
exception when others then
    state := sqlstate; shown := ''; sent := '';
end $$ language plpgsql;
"""


def literal(data):
    """A C++ string literal of these bytes; three octal digits always end an escape."""
    return '"' + "".join(chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else "\\%03o" % b for b in data) + '"'


def main():
    script = PROBE
    asked = []
    for kind, (send, values) in CASES.items():
        for value in dict.fromkeys(values):
            data = value.encode("utf8", "surrogatepass")
            asked.append((kind, data))
            script += ("select state || '|' || shown || '|' || sent from pg_temp.probe('%s', '%s', '\\x%s'::bytea);\n"
                       % (kind, send, data.hex()))
    answers = subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1"], input=script, text=True, check=True,
                             stdout=subprocess.PIPE).stdout.split("\n")[:-1]
    assert len(answers) == len(asked)
    print("// Written by postgres_values.py: what PostgreSQL makes of these texts, 18 where it reads more than 15.")
    for (kind, data), answer in zip(asked, answers):
        state, shown, sent = answer.split("|")
        if len(data) + len(shown) // 2 > 3000:  # a value of its own test
            continue
        print('{"%s", %s, "%s", %s, "%s"},' % (kind, literal(data), state, literal(bytes.fromhex(shown)), sent))


main()

#!/usr/bin/env python3
"""Reads the #includes of every header: a header includes its own folder and lower floors, and nothing else of pgwire.

usage: floors.py ROOT"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / 'support'))
from tap import Report

FLOORS = {
    'core': 0,
    'protocol': 1,
    'types': 2, 'auth': 2,
    'net': 3,
    'server': 4, 'client': 4,
    'proxy': 5, 'replication': 5, 'catalog': 5, 'arrow': 5,
}
# Bindings to libraries, each of which its users include by name: what they include.
BINDINGS = {'pgwire/auth/wolfcrypt.hpp': 'wolfssl/', 'pgwire/auth/saslprep.hpp': 'stringprep.h',
            'pgwire/types/dragonbox.hpp': 'dragonbox/',
            'pgwire/auth/json_web_keys.hpp': 'nlohmann/', 'pgwire/auth/json_web_signature.hpp': 'openssl/',
            'pgwire/auth/jwt_validator.hpp': 'nlohmann/', 'pgwire/types/nlohmann_json.hpp': 'nlohmann/',
            'pgwire/types/system_zones.hpp': 'cctz/', 'pgwire/types/simdutf.hpp': 'simdutf.h'}
# Slow to compile, or of no use without exceptions and locales.
UNWANTED_BELOW_3 = {'regex', 'iostream', 'ranges', 'sstream'}


def folder_of(path):
    """core for pgwire/core/bytes.hpp and for pgwire/core.hpp, the folder's public face; '' for pgwire/pgwire.hpp."""
    name = pathlib.PurePath(path).parts[1].removesuffix('.hpp')
    return '' if name == 'pgwire' else name


def main(root):
    upward, foreign, asio, unknown = [], [], [], []
    for header in sorted((root / 'pgwire').rglob('*.hpp')):
        path = header.relative_to(root).as_posix()
        folder = folder_of(path)
        is_face = path.count('/') == 1
        if folder and folder not in FLOORS:
            if not is_face:
                unknown.append(f'{path}: no floor is known for {folder}/')
            continue
        floor = FLOORS.get(folder, 6)
        for number, line in enumerate(header.read_text().splitlines(), 1):
            found = re.match(r'\s*#\s*include\s+(?:<([^>]+)>|"([^"]+)"|PGWIRE_ASIO_HEADER\((.*)\))', line)
            if not found:
                continue
            where = f'{path}:{number}: {line.strip()}'
            system, own, through_macro = found.groups()
            if own is not None:
                if not own.startswith('pgwire/') or not (root / own).is_file():
                    unknown.append(f'{where}: no header of pgwire')
                elif folder_of(own) != folder and FLOORS.get(folder_of(own), 6) >= floor:
                    upward.append(where)
                continue
            is_asio = through_macro is not None or re.match(r'(boost/)?asio[/.]', system)
            if is_asio and folder != 'net':
                asio.append(where)
            if system is not None and path in BINDINGS and system.startswith(BINDINGS[path]):
                continue
            if floor < 3 and not is_asio and ('/' in system or '.' in system or system in UNWANTED_BELOW_3):
                foreign.append(where)

    report = Report()
    for name, offences in {
        'a header includes only its own folder and floors below it': upward,
        'floors 0 to 2 include the standard library and nothing else, but for bindings': foreign,
        'only net/ includes Asio': asio,
        'every folder has a floor, and every "…" names a header of pgwire by its full path': unknown,
    }.items():
        report.result(not offences, name, '\n'.join(offences))
    report.finish()


main(pathlib.Path(sys.argv[1]))

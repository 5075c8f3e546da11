#!/usr/bin/env python3
"""Compiles every header alone, and floors 0 to 2 without exceptions and RTTI, and for Windows. Only syntax is checked.

Headers of the upper floors all include net/asio.hpp, which alone takes longer than the rest: it is compiled once.

usage: headers.py ROOT COMPILER [ARGUMENT...]"""

import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / 'support'))
from precompile import precompile
from tap import Report

CODEC = ('core', 'protocol', 'types', 'auth')  # floors 0 to 2
# Bindings to libraries that a machine may not have, and what these are called by pkg-config, or their header where it
# does not know them.
SIMDUTF = 'pgwire/types/simdutf.hpp'  # in no package of Debian 12: where it is not, nothing is missing
BINDINGS = {'pgwire/auth/wolfcrypt.hpp': ['wolfssl'], 'pgwire/auth/saslprep.hpp': ['libidn'],
            'pgwire/types/dragonbox.hpp': ['dragonbox-*/dragonbox/dragonbox.h'],
            'pgwire/auth/json_web_keys.hpp': ['nlohmann_json'], 'pgwire/auth/json_web_signature.hpp': ['openssl'],
            'pgwire/auth/jwt_validator.hpp': ['openssl', 'nlohmann_json'],
            'pgwire/types/nlohmann_json.hpp': ['nlohmann_json'],
            'pgwire/types/system_zones.hpp': ['cctz/time_zone.h'],
            SIMDUTF: ['simdutf'],
            'pgwire/server/audit_log.hpp': ['spdlog', 'nlohmann_json'],
            'pgwire/server/prometheus.hpp': ['prometheus-cpp-pull', 'prometheus-cpp-core']}
WINDOWS = 'x86_64-w64-mingw32-g++'


def compile_headers(command, headers):
    source = ''.join(f'#include "{header}"\n' for header in headers)
    run = subprocess.run([*command, '-fsyntax-only', '-x', 'c++', '-'], input=source, capture_output=True, text=True)
    return run.returncode == 0, run.stderr


def flags_of(packages, compiler):
    """What a compiler must be told of these; None if one is not there."""
    if '*' in packages[0]:  # below a folder with its version
        folders = sorted(pathlib.Path('/usr/include').glob(packages[0]))
        return ['-isystem', str(folders[-1].parents[1])] if folders else None
    if packages[0].endswith('.h'):
        return [] if compile_headers(compiler, packages)[0] else None
    try:
        run = subprocess.run(['pkg-config', '--cflags', *packages], capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return run.stdout.split() if run.returncode == 0 else None


def main(root, compiler):
    headers = sorted(path.relative_to(root).as_posix() for path in (root / 'pgwire').rglob('*.hpp'))
    report = Report()
    flags = {header: flags_of(packages, compiler) for header, packages in BINDINGS.items()}
    for header in [header for header, found in flags.items() if found is None]:
        headers.remove(header)
        if header != SIMDUTF:
            report.skip(f'{header} compiles alone', f'there is no {" or no ".join(BINDINGS[header])}')
    codec = [header for header in headers if header.split('/')[1].removesuffix('.hpp') in CODEC]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool, tempfile.TemporaryDirectory() as folder:
        asio = precompile(compiler, 'pgwire/net/asio.hpp', folder)
        outcomes = pool.map(lambda h: compile_headers([*compiler, *([] if h in codec else asio), *flags.get(h, [])], [h]), headers)
        for header, (passed, output) in zip(headers, outcomes):
            report.result(passed, f'{header} compiles alone', output)

    codec = [header for header in codec if header not in BINDINGS]
    passed, output = compile_headers([*compiler, '-fno-exceptions', '-fno-rtti'], codec)
    report.result(passed, 'floors 0 to 2 compile without exceptions and RTTI', output)

    name = 'floors 0 to 2 compile for Windows'
    if shutil.which(WINDOWS):
        passed, output = compile_headers([WINDOWS, '-std=c++20', '-I', str(root)], codec)
        report.result(passed, name, output)
    else:
        report.skip(name, f'there is no {WINDOWS}')
    report.finish()


main(pathlib.Path(sys.argv[1]), sys.argv[2:])

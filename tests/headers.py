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
WINDOWS = 'x86_64-w64-mingw32-g++'


def compile_headers(command, headers):
    source = ''.join(f'#include "{header}"\n' for header in headers)
    run = subprocess.run([*command, '-fsyntax-only', '-x', 'c++', '-'], input=source, capture_output=True, text=True)
    return run.returncode == 0, run.stderr


def main(root, compiler):
    headers = sorted(path.relative_to(root).as_posix() for path in (root / 'pgwire').rglob('*.hpp'))
    codec = [header for header in headers if header.split('/')[1].removesuffix('.hpp') in CODEC]
    report = Report()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool, tempfile.TemporaryDirectory() as folder:
        asio = precompile(compiler, 'pgwire/net/asio.hpp', folder)
        outcomes = pool.map(lambda h: compile_headers([*compiler, *([] if h in codec else asio)], [h]), headers)
        for header, (passed, output) in zip(headers, outcomes):
            report.result(passed, f'{header} compiles alone', output)

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

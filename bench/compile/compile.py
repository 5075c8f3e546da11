#!/usr/bin/env python3
"""What it costs to compile against pgwire: seconds of the compiler's CPU time, and the size of the program.

usage: compile.py [RUNS]

`compile_times(runs)` gives the same as figures. All at -O2, with the compiler that CXX names (g++):

    codec        codec.cpp: rows without a server
    echo         examples/echo.cpp, the eight lines
    headers      the headers of Asio and of the standard library alone
    asio_echo    the smallest server of Asio's, for the ratio

A mode `separate` compiles the same against an Asio that is compiled once (ASIO_SEPARATE_COMPILATION); that one unit is
`asio`. The programs are compiled in turns, so that what else the machine does meets all of them; look at the least."""

import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
root = here.parents[1]
separate = '-DASIO_SEPARATE_COMPILATION'

# who, mode, source, and what is linked to it, if it is a program worth weighing
units = [
    ('codec', 'header-only', here / 'codec.cpp', []),
    ('echo', 'header-only', root / 'examples' / 'echo.cpp', []),
    ('echo', 'separate', root / 'examples' / 'echo.cpp', ['asio']),
    ('headers', 'header-only', here / 'headers.cpp', None),
    ('asio_echo', 'header-only', here / 'asio_echo.cpp', []),
    ('asio_echo', 'separate', here / 'asio_echo.cpp', ['asio']),
    ('asio', 'separate', here / 'asio.cpp', None),
]


def compiler():
    command = os.environ.get('CXX', 'g++').split()
    version = subprocess.run([*command, '--version'], capture_output=True, text=True, check=True).stdout
    old_asio = ['-DASIO_HAS_CO_AWAIT'] if 'clang' in version else []  # before 1.26 Asio does not see clang's coroutines
    return [*command, '-std=c++20', '-O2', '-DNDEBUG', '-DASIO_STANDALONE', *old_asio, '-pthread', '-I', str(root)]


def cpu_seconds(command):
    """Runs it. Its CPU time, with its children's: the compiler proper is one of the driver's."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compile_times(runs=3):
    """Figures `{work, mode, who, unit, values}`: seconds, and kB of stripped programs."""
    command = compiler()
    seconds = {(who, mode): [] for who, mode, _, _ in units}
    sizes = {}
    with tempfile.TemporaryDirectory() as temporary:
        def object_of(who, mode):
            return f'{temporary}/{who}-{mode}.o'

        for _ in range(runs):
            for who, mode, source, _ in units:
                options = [separate] if mode == 'separate' else []
                seconds[who, mode].append(cpu_seconds([*command, *options, '-c', str(source), '-o', object_of(who, mode)]))
        for who, mode, _, linked in units:
            if linked is None:
                continue
            program = f'{temporary}/{who}-{mode}'
            others = [object_of(other, mode) for other in linked]
            subprocess.run([*command, '-s', object_of(who, mode), *others, '-o', program], check=True)
            sizes[who, mode] = os.path.getsize(program) / 1000
    figures = [{'work': 'compile', 'mode': mode, 'who': who, 'unit': 's', 'values': values}
               for (who, mode), values in seconds.items()]
    figures += [{'work': 'size', 'mode': mode, 'who': who, 'unit': 'kB', 'values': [size]}
                for (who, mode), size in sizes.items()]
    return figures


def main():
    for figure in compile_times(int(sys.argv[1]) if len(sys.argv) > 1 else 3):
        values = figure['values']
        print(f"{figure['who']:10} {figure['mode']:12} {statistics.median(values):8.2f} {figure['unit']:3}"
              f" ({min(values):.2f} to {max(values):.2f})")


if __name__ == '__main__':
    main()

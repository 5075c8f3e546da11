"""What it costs to compile against pgwire, and how large programs are: see compile/compile.py."""

import pathlib
import sys

from harness import record

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'compile'))
import compile as compiling  # noqa: E402


def measure(bench, _):
    for figure in compiling.compile_times(1 if bench.quick else 3):
        yield record(figure['work'], figure['mode'], figure['who'], figure['unit'], figure['values'])

#!/usr/bin/env python3
"""Compiles every case in this folder, and looks at what the compiler says.

usage: run.py FOLDER COMPILER [ARGUMENT...]

A case is a .cpp file whose first comment lines say what must happen:

    // expect: <text>      it must not compile, and the compiler's output must contain the text; may stand several times
    // only-error          the first line with `error:` must contain the first expected text
    // compiles            it must compile

Its name, with spaces for underscores, is the name of the test."""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from precompile import precompile
from tap import Report


def judge(compiler, case):
    """Whether the case behaves as it says, and what was wrong."""
    comments = [line[2:].strip() for line in case.read_text().splitlines() if line.startswith('//')]
    expected = [line.removeprefix('expect:').strip() for line in comments if line.startswith('expect:')]
    must_compile = 'compiles' in comments
    if must_compile == bool(expected):
        return False, 'it must say either "// expect: <text>" or "// compiles"'

    run = subprocess.run([*compiler, '-fsyntax-only', str(case)], capture_output=True, text=True,
                         env=os.environ | {'LC_ALL': 'C'})
    if must_compile:
        return run.returncode == 0, run.stderr
    if run.returncode == 0:
        return False, 'it compiles'
    if run.returncode < 0 or 'internal compiler error' in run.stderr:
        return False, 'the compiler crashed\n' + run.stderr
    missing = [text for text in expected if text not in run.stderr]
    if missing:
        return False, ''.join(f'the compiler does not say: {text}\n' for text in missing) + run.stderr
    if 'only-error' in comments:
        first = next((line for line in run.stderr.splitlines() if re.search(r'\berror:', line)), '')
        if expected[0] not in first:
            return False, f'the first error is another one: {first}\n' + run.stderr
    return True, ''


def main(folder, compiler):
    cases = sorted(folder.glob('*.cpp'))
    report = Report()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool, tempfile.TemporaryDirectory() as temporary:
        quick = [*compiler, *precompile(compiler, 'pgwire/server.hpp', temporary)]
        for case, (passed, details) in zip(cases, pool.map(lambda case: judge(quick, case), cases)):
            report.result(passed, case.stem.replace('_', ' '), details)
    report.finish()


main(pathlib.Path(sys.argv[1]), sys.argv[2:])

#!/usr/bin/env python3
"""What bench/run.sh runs: builds what is measured, measures it, and prints one table."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import answers  # noqa: E402
import table  # noqa: E402
from harness import Bench, Unavailable, find_pgbench  # noqa: E402
from support import row_answers  # noqa: E402
from works import WORKS, counts, rows  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
COUNTED = ('instructions', 'core', 'syscalls', 'allocations')

DESCRIPTION = """\
Builds the benchmarks below build/bench and prints what they measure; all works, if none is named.
"""
EPILOG = """\
A work whose tool is missing, or a peer whose toolchain is, is skipped and named, or, where CI is set, a failure. The exit code
is 0, 1 if something failed or has grown, 2 for a wrong option or a missing package.
"""


def parse(arguments):
    parser = argparse.ArgumentParser(prog='bench/run.sh', description=DESCRIPTION, epilog=EPILOG, allow_abbrev=False,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--bundled', action='store_true', help="with the wolfSSL of our own configuration, and not the system's")
    parser.add_argument('--quick', action='store_true', help='fewer and shorter runs')
    parser.add_argument('--json', metavar='FILE', help='also writes the figures there: a list of {work, mode, who, unit, '
                                                       'median, min, max, runs}')
    parser.add_argument('--plots', metavar='DIRECTORY', help='also draws them there, as SVG')
    parser.add_argument('--check', metavar='FILE', help='measures again what FILE holds, and names what has grown by more than 5 %%')
    parser.add_argument('--record', metavar='FILE', help='writes the file for --check')
    parser.add_argument('--list', action='store_true', help='names the works')
    parser.add_argument('works', nargs='*', metavar='WORK', help='what to measure (default: everything)')
    options = parser.parse_intermixed_args(arguments)
    for work in options.works:
        if work not in WORKS:
            parser.error(f'no such work: {work} (--list names them)')
    for gate in ('check', 'record'):
        if getattr(options, gate) and (len(arguments) != 2 and arguments != [f'--{gate}={getattr(options, gate)}']):
            parser.error(f'--{gate}: takes no other option and no work')
    for path in filter(None, (options.json, options.record)):
        try:
            open(path, 'a').close()
        except OSError as why:
            parser.error(f"can't write {path}: {why.strerror}")
    if options.check:
        try:
            with open(options.check) as file:
                options.recorded = json.load(file)
            gated = {(f['work'], f['who'], f['mode']): float(f['median']) for f in options.recorded}
            if not gated or any(work not in COUNTED for work, _, _ in gated):
                raise ValueError
        except OSError as why:
            parser.error(f"--check: can't read {options.check}: {why.strerror}")
        except (ValueError, KeyError, TypeError, AttributeError):
            parser.error(f'--check: not a file that --record has written: {options.check}')
    return options


def wanted_by(work, options):
    """(who, mode) of a work that counts, in the order of the table."""
    if work not in counts.WHO:
        return []
    if options.check:
        return [(f['who'], f['mode']) for f in options.recorded if f['work'] == work]
    return counts.gated(work) if options.record else counts.wanted_by(work, options.quick)


class Measuring:
    """Runs the works; what was found, what was left out, and what has failed."""

    def __init__(self, bench):
        self.bench, self.figures, self.skipped, self.failed = bench, [], [], []

    def leave_out(self, what, why):
        (self.failed if os.environ.get('CI') else self.skipped).append(what)
        print(f'\n{what}: skipped: {why}', file=sys.stderr)

    def compare_answers(self):
        """Of the two servers whose every instruction counts."""
        with self.bench.server('echo') as ours, self.bench.server('epoll_loop') as theirs:
            self.expect_same('echo', 'epoll_loop', answers.difference(ours.port, theirs.port))

    def compare_rows(self):
        """Of ours and of all peers that are to be had."""
        peers = [who for who in self.bench.available(rows.PEERS) if who != 'rust_pgwire_chrono']  # it has decimals of zeroes
        with self.bench.server('rows') as ours:
            for who in peers[1:]:
                with self.bench.server(who) as theirs:
                    self.expect_same('rows', who, row_answers.difference(ours.port, theirs.port))

    def expect_same(self, who, other, difference):
        if difference:
            print(f'{who} and {other} do not say the same, so comparing them means nothing:\n{difference}', file=sys.stderr)
            self.failed.append(f'what {other} says')

    def attempt(self, what, function):
        """One failure must not take the figures of all other works with it."""
        try:
            function()
        except Unavailable as why:
            self.leave_out(what, why)
        except (RuntimeError, ArithmeticError, EOFError, OSError, subprocess.SubprocessError) as why:
            self.failed.append(what)
            print(f'\n{what}: failed: {why}', file=sys.stderr)

    def run(self, work, wanted):
        there = self.bench.available(dict.fromkeys(who for who, _ in wanted))
        for figure in WORKS[work][0](self.bench, [w for w in wanted if w[0] in there]):
            self.figures.append(figure)
            print('.', end='', file=sys.stderr, flush=True)
        print(file=sys.stderr)


def draw(figures, directory):
    """By a Python of its own, since matplotlib is no small thing to have."""
    python = HERE.parent / 'build' / 'bench-venv' / 'bin' / 'python'
    if not python.exists():
        subprocess.run([sys.executable, '-m', 'venv', python.parents[1]], check=True)
        subprocess.run([python, '-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r', HERE / 'requirements.txt'],
                       check=True)
    with tempfile.NamedTemporaryFile('w', suffix='.json') as file:
        json.dump(figures, file)
        file.flush()
        subprocess.run([python, HERE / 'plots.py', file.name, directory], check=True)


def main():
    if sys.argv[1:] == ['--find-pgbench']:
        path = find_pgbench()
        print(path or 'there is no pgbench')
        return 0 if path else 1
    options = parse(sys.argv[1:])
    if options.list:
        for work, (_, about) in WORKS.items():
            print(f'  {work:14} {about}')
        return 0
    built = subprocess.run([HERE / 'build.sh', 'bundled' if options.bundled else 'system'], stdin=subprocess.DEVNULL)
    if built.returncode != 0:
        return built.returncode

    works = COUNTED if options.record else options.works or list(WORKS)
    if options.check:
        works = [work for work in COUNTED if any(f['work'] == work for f in options.recorded)]
    bench = Bench(HERE.parent / 'build' / 'bench' / 'bench', options.quick)
    measuring = Measuring(bench)
    try:
        measuring.attempt('answers', measuring.compare_answers)
        if 'rows' in works:
            measuring.attempt('the rows of all', measuring.compare_rows)
        for work in works:
            print(f'{work} ', end='', file=sys.stderr, flush=True)
            measuring.attempt(work, lambda: measuring.run(work, wanted_by(work, options)))
        for what, why in bench.skipped.items():
            measuring.leave_out(what, why)
    finally:
        print(file=sys.stderr)
        bench.close()

    if options.check:
        good, grown = table.check(options.recorded, measuring.figures)
        print(f'{good} passed, {grown + len(measuring.failed)} failed, {len(measuring.skipped)} skipped')
        return 1 if grown or measuring.failed else 0
    table.show(measuring.figures)
    done = [work for work in works if work not in measuring.failed + measuring.skipped]
    for path in filter(None, (options.json, options.record)):
        with open(path, 'w') as file:
            file.write('[\n' + ',\n'.join(json.dumps(f) for f in measuring.figures) + '\n]\n')
    if options.plots:
        draw(measuring.figures, options.plots)
    for name, list_of in (('skipped', measuring.skipped), ('failed', measuring.failed)):
        if list_of:
            print(f'{name}: {", ".join(list_of)}')
    print(f'{len(done)} passed, {len(measuring.failed)} failed, {len(measuring.skipped)} skipped')
    return 1 if measuring.failed else 0


if __name__ == '__main__':
    sys.exit(main())

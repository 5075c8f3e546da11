#!/usr/bin/env python3
"""Counts what the tests of a build directory came to, by test case, and shows the output of those that failed.

usage: summary.py BUILD_DIR      prints one line for run.sh: PASSED FAILED SKIPPED

A Catch2 program counts its test cases, a TAP script its lines, any other test is one."""

import json
import pathlib
import re
import sys


def catch2(text):
    """Catch2's last line, in its two forms; None if there is none."""
    if found := re.search(r'^All tests passed \(\d+ assertions? in (\d+) test cases?\)', text, re.M):
        return int(found[1]), 0, 0
    if found := re.search(r'^test cases:\s*(\d+)(.*)', text, re.M):
        kinds = {kind: int(number) for number, kind in re.findall(r'(\d+) (passed|failed|skipped)\b', found[2])}
        return kinds.get('passed', 0), kinds.get('failed', 0), kinds.get('skipped', 0)
    return None


def tap(text):
    lines = re.findall(r'^(ok|not ok)\b(.*)', text, re.M)
    if not lines:
        return None
    failed = sum(word == 'not ok' for word, _ in lines)
    skipped = sum(word == 'ok' and '# SKIP' in rest for word, rest in lines)
    return len(lines) - failed - skipped, failed, skipped


def count(test):
    text = test.get('stdout', '')
    good, skipped = test['result'] in ('OK', 'EXPECTEDFAIL'), test['result'] == 'SKIP'
    counts = catch2(text) or tap(text) or (int(good), 0, int(skipped))
    if not good and not skipped and counts[1] == 0:  # a crash or a timeout: whatever ran before it, one has failed
        counts = (counts[0], 1, counts[2])
    return counts


def main(build):
    total = [0, 0, 0]
    for line in (build / 'meson-logs' / 'testlog.json').read_text().splitlines():
        test = json.loads(line)
        counts = count(test)
        total = [a + b for a, b in zip(total, counts)]
        if counts[1]:
            print(f"---- {test['name']}: {test['result']}", file=sys.stderr)
            output = [*test.get('stdout', '').splitlines(), *test.get('stderr', '').splitlines()]
            shown = [line for line in output if not line.startswith('ok ')]
            print(*shown[-200:], sep='\n', file=sys.stderr)
    print(*total)


main(pathlib.Path(sys.argv[1]))

"""The Test Anything Protocol, in which the test scripts report: a line for each test, which meson counts."""

import os
import sys


class Report:
    def __init__(self):
        self.count = 0
        self.failed = False

    def result(self, passed, name, details=''):
        """`details` are shown, indented, when the test has failed."""
        self.count += 1
        self.failed |= not passed
        print(f"{'ok' if passed else 'not ok'} {self.count} - {name}")
        if not passed:
            for line in details.splitlines():
                print(f'#   {line}')
        sys.stdout.flush()

    def skip(self, name, reason):
        """A skip is a failure where all tools must be there, which is where CI is set."""
        if os.environ.get('CI'):
            self.result(False, name, reason)
        else:
            self.count += 1
            print(f'ok {self.count} - {name} # SKIP {reason}')

    def finish(self):
        print(f'1..{self.count}')
        sys.exit(1 if self.failed else 0)

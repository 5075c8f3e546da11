#!/usr/bin/env python3
"""Prints the .cpp files of some folders, sorted, one a line. A folder that does not exist has none.

usage: list_sources.py BASE FOLDER...      the folders, and the files printed, are relative to BASE"""

import pathlib
import sys

base = pathlib.Path(sys.argv[1])
for folder in sys.argv[2:]:
    for source in sorted((base / folder).glob('*.cpp')):
        print(source.relative_to(base).as_posix())

#!/usr/bin/env python3
"""Prints the examples, one a line: its name and its sources. With --names, its name and what it is."""

import pathlib
import sys

# An example says what it is in its first line, which is a comment; but this one is printed elsewhere, letter by letter.
DESCRIPTIONS = {'echo': 'Eight lines that answer every statement with its own text.'}

here = pathlib.Path(__file__).resolve().parent
examples = {path.stem: [path] for path in here.glob('*.cpp')}
for folder in here.iterdir():
    sources = sorted(folder.glob('*.cpp')) if folder.is_dir() else []
    if sources:
        examples[folder.name] = sources

for name, sources in sorted(examples.items()):
    if '--names' in sys.argv:
        main = next((source for source in sources if source.stem == 'main'), sources[0])
        said = DESCRIPTIONS.get(name) or main.read_text().split('\n', 1)[0].removeprefix('// ')
        print(f'  {name:<14}{said}')
    else:
        print(name, *(source.relative_to(here).as_posix() for source in sources))

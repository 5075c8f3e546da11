#!/usr/bin/env python3
"""Draws the figures of a run.

usage: plots.py FILE.json DIRECTORY

Writes a picture for each of the comparisons that are in the file. Needs matplotlib (requirements.txt)."""

import json
import pathlib
import sys

import matplotlib

matplotlib.use('svg')
from matplotlib import pyplot  # noqa: E402

NAMES = {'echo': 'pgwire', 'rows': 'pgwire', 'epoll_loop': 'epoll loop', 'rust_pgwire': 'Rust pgwire', 'psql_wire': 'psql-wire (Go)',
         'postgres': 'PostgreSQL 15'}
COLOURS = {'pgwire': '#2463a5', 'epoll loop': '#9aa5b1', 'Rust pgwire': '#c8643c', 'psql-wire (Go)': '#4fa3a5',
           'PostgreSQL 15': '#6b5b95'}


def medians(figures, work, unit, modes):
    """{who: [the median of each mode]}, None where there is none."""
    found = {(f['mode'], NAMES.get(f['who'])): f['median'] for f in figures if f['work'] == work and f['unit'] == unit}
    whos = [who for who in COLOURS if any((mode, who) in found for mode in modes)]
    return {who: [found.get((mode, who)) for mode in modes] for who in whos}


def bars(path, title, unit, labels, values):
    """Groups of bars, one for each label, and in each a bar for each who."""
    figure, axes = pyplot.subplots(figsize=(8, 3.6), layout='constrained')
    width = 0.8 / len(values)
    for i, (who, numbers) in enumerate(values.items()):
        at = [x + (i - (len(values) - 1) / 2) * width for x in range(len(labels))]
        drawn = axes.bar(at, [n or 0 for n in numbers], width * 0.92, label=who, color=COLOURS[who])
        axes.bar_label(drawn, ['' if n is None else f'{n:.2f}' if n < 1 else f'{n:.1f}' if n < 10 else f'{n:,.0f}' for n in numbers], fontsize=7, padding=1)
    axes.set_xticks(range(len(labels)), labels)
    axes.set_title(title, fontsize=11, loc='left')
    axes.set_ylabel(unit)
    axes.spines[['top', 'right']].set_visible(False)
    axes.legend(frameon=False, fontsize=8, ncols=len(values), loc='upper left', bbox_to_anchor=(0, -0.1))
    figure.savefig(path, metadata={'Date': None})
    pyplot.close(figure)


def draw(figures, directory):
    """@return the paths of what was drawn"""
    matplotlib.rcParams.update({'svg.fonttype': 'none', 'svg.hashsalt': 'pgwire', 'font.family': 'sans-serif'})
    pictures = (
        ('queries.svg', 'Server CPU for one SELECT 1, 16 clients', 'us per query', 'cpu', 'us',
         {'simple/16': 'simple', 'extended/16': 'extended', 'prepared/16': 'prepared'}),
        ('pipeline.svg', 'Server CPU for one SELECT 1 of a pipeline of 20', 'us per query', 'cpu', 'us',
         {'pipelined/4': 'prepared, 4 clients'}),
        ('rows.svg', 'Server CPU for one of a million rows (int8, float8, text, timestamp)', 'ns per row', 'rows',
         'ns', {'select text': 'SELECT, text', 'select binary': 'SELECT, binary', 'copy text': 'COPY, text',
                      'copy binary': 'COPY, binary'}),
    )
    drawn = []
    for name, title, axis, work, unit, modes in pictures:
        if values := medians(figures, work, unit, modes):
            bars(directory / name, title, axis, list(modes.values()), values)
            drawn.append(directory / name)
    return drawn


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    directory = pathlib.Path(sys.argv[2])
    directory.mkdir(parents=True, exist_ok=True)
    for path in draw(json.loads(pathlib.Path(sys.argv[1]).read_text()), directory):
        print(f'drawn: {path}')


if __name__ == '__main__':
    main()

"""Precompiles a header for tests that compile many small programs with it."""

import pathlib
import subprocess


def precompile(compiler, header, folder):
    """The arguments that include the precompiled header; none where it can't be had, which costs only time."""
    stub = pathlib.Path(folder) / 'precompiled.hpp'
    stub.write_text(f'#include "{header}"\n')
    is_clang = 'clang' in subprocess.run([*compiler, '--version'], capture_output=True, text=True).stdout
    output = stub.with_suffix('.pch') if is_clang else pathlib.Path(f'{stub}.gch')
    made = subprocess.run([*compiler, '-x', 'c++-header', str(stub), '-o', str(output)], capture_output=True)
    if made.returncode != 0:
        return []
    return ['-include-pch', str(output)] if is_clang else ['-include', str(stub)]

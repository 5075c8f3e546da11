"""The certificates and keys of tests/support/certificates.hpp as files."""

import pathlib
import re

HEADER = pathlib.Path(__file__).resolve().parent.parent / 'support' / 'certificates.hpp'


def write(folder):
    """The paths by name."""
    found = {}
    for name, text in re.findall(r'string_view (\w+) = R"\((.*?)\)"', HEADER.read_text(), re.S):
        path = folder / f'{name}.pem'
        path.write_text(text)
        path.chmod(0o600)
        found[name] = str(path)
    return found

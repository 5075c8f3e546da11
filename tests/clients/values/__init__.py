"""What the differential test of the types sends: each module here yields the values of one family."""

from dataclasses import dataclass, field


@dataclass
class Values:
    """Values of one type, to be sent in both formats and asked for in both.

    `texts` and `binaries` may be no values at all: then all servers must say so. PostgreSQL's own binary form of each
    text, its truncations and its mutations are added by the test.
    """
    type: str                                           # the type's name in SQL
    texts: list = field(default_factory=list)           # str, or bytes where it is no UTF-8
    binaries: list = field(default_factory=list)        # binary forms that no text gives
    settings: list = field(default_factory=lambda: [{}])  # all is repeated under each of these: {'DateStyle': 'SQL'}
    setup: list = field(default_factory=list)           # SQL that PostgreSQL needs before: CREATE TYPE, …
    extension: str = ''                                 # what it must have installed
    mutate: bool = True                                 # whether changed binary forms are sent too
    never: tuple = ()                                   # binary forms that are not sent

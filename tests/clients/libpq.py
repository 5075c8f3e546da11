"""The libpq of PostgreSQL 18, which comes with its server: what its newest clients do, psycopg's own may not know yet."""

import contextlib
import ctypes
import functools
import os
import time

import pytest

OAUTH_BEARER_TOKEN = 1  # PQAUTHDATA_OAUTH_BEARER_TOKEN


class BearerRequest(ctypes.Structure):
    """PGoauthBearerRequest: what a client is asked for when a server wants a token."""

    _fields_ = [('openid_configuration', ctypes.c_char_p), ('scope', ctypes.c_char_p), ('asynchronous', ctypes.c_void_p),
                ('cleanup', ctypes.c_void_p), ('token', ctypes.c_char_p), ('user', ctypes.c_void_p)]


HOOK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(BearerRequest))


class Libpq:
    def __init__(self, programs):
        """`programs`: the folder of the server's programs; the library is beside it."""
        self.library = library = ctypes.CDLL(os.path.join(os.path.dirname(programs), 'lib', 'libpq.so.5'))
        assert library.PQlibVersion() >= 180000
        for name in ('PQconnectdb', 'PQexec', 'PQgetResult', 'PQcancelCreate'):
            getattr(library, name).restype = ctypes.c_void_p
        for name in ('PQerrorMessage', 'PQresultErrorMessage', 'PQgetvalue', 'PQcancelErrorMessage'):
            getattr(library, name).restype = ctypes.c_char_p
        self.asked = []  # what servers have said about where tokens are to be had
        self.tokens = []  # what is given them in turn
        self._hook = HOOK(self._on_request)  # lives as long as the library may call it
        library.PQsetAuthDataHook(self._hook)

    def _on_request(self, kind, _, request):
        if kind != OAUTH_BEARER_TOKEN or not self.tokens:
            return 0
        asked = request.contents
        self.asked.append((asked.openid_configuration.decode(), (asked.scope or b'').decode()))
        self._given = self.tokens.pop(0).encode()
        asked.token = self._given
        return 1

    @contextlib.contextmanager
    def connected(self, **settings):
        """A connection; or a text, what it has failed with."""
        words = ' '.join(f"{name}='{value}'" for name, value in settings.items())
        connection = ctypes.c_void_p(self.library.PQconnectdb(words.encode()))
        try:
            failed = self.library.PQstatus(connection) != 0
            yield self.library.PQerrorMessage(connection).decode().strip() if failed else connection
        finally:
            self.library.PQfinish(connection)

    def answer(self, result):
        """The first column of the first row, or the error; the result is freed."""
        result = ctypes.c_void_p(result)
        try:
            if self.library.PQntuples(result) == 0:
                return self.library.PQresultErrorMessage(result).decode().strip()
            return self.library.PQgetvalue(result, 0, 0).decode()
        finally:
            self.library.PQclear(result)

    def ask(self, statement, **settings):
        """What a statement is answered on a connection of its own, or what has failed."""
        with self.connected(**settings) as connection:
            if isinstance(connection, str):
                return connection
            return self.answer(self.library.PQexec(connection, statement.encode()))

    def cancel(self, statement, after, **settings):
        """What a statement is answered that is cancelled after so many seconds, in the way in which it was sent."""
        with self.connected(**settings) as connection:
            assert self.library.PQsendQuery(connection, statement.encode()) == 1
            time.sleep(after)
            request = ctypes.c_void_p(self.library.PQcancelCreate(connection))
            assert self.library.PQcancelBlocking(request) == 1, self.library.PQcancelErrorMessage(request)
            self.library.PQcancelFinish(request)
            return self.answer(self.library.PQgetResult(connection))


@functools.lru_cache
def load():
    """One for all tests: it has one hook."""
    programs = os.environ.get('PGWIRE_POSTGRES18')
    if not programs:
        missing = 'no libpq of PostgreSQL 18: PGWIRE_POSTGRES18 is not set'
        pytest.fail(missing) if os.environ.get('CI') else pytest.skip(missing)
    return Libpq(programs)

"""A phone that posts what it measures: we are the web server that takes it (Sensor Logger).

    POST /<word>     a message, answered with 200     GET /<word>     whether the address is right

The word is in the address so that nobody else in the building sends us his own movements.
"""

import errno
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from monitor.errors import UnreachableError
from monitor.sources.phone_link import PhoneLink, kept
from monitor.wire.phone_message import LARGEST

LEAVE_S = 0.5
"""How long a phone that is just sending may take to end."""


@asynccontextmanager
async def http_push(link: PhoneLink, host: str, port: int, word: str) -> AsyncIterator[int]:
    """Listen, and hand on to the link what is posted; gives the port.

    Args:
        link: what hears it.
        host: the address to listen on.
        port: 0 for any.
        word: the path.

    Raises:
        UnreachableError: it is not possible to listen there.
    """

    async def post(request: web.Request) -> web.Response:
        link.heard(await request.read())
        return web.Response(text="ok")

    async def get(_: web.Request) -> web.Response:
        return web.Response(text="This is the right address. Give it to Sensor Logger to push to.")

    app = web.Application(client_max_size=LARGEST)
    app.router.add_post(f"/{word}", post)
    app.router.add_get(f"/{word}", get)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=LEAVE_S)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            raise UnreachableError(_words(error, host, port)) from error
        async with kept(link):
            yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def _words(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken; name another, as in --sensor phone:{port + 1}"
    return f"cannot listen on {host}, port {port}: {os.strerror(error.errno or 0).lower()}"

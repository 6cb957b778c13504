"""Rates of senders that others wrote, against `herald simulate` on this machine: aioapns, and pywebpush's async sender.

Prints one JSON object."""

import asyncio
import json
import logging
import ssl
import sys
import time
from pathlib import Path
from unittest import mock
from urllib.parse import urlsplit

import aiohttp
from aioapns import APNs, NotificationRequest
from py_vapid import Vapid
from pywebpush import webpush_async

COUNT = 10_000
logging.disable(logging.CRITICAL)


async def rate(send, at_once):
    """Calls per second, a bounded number of them at once."""
    slots = asyncio.Semaphore(at_once)

    async def one(number):
        async with slots:
            await send(number)

    await one(0)
    started = time.monotonic()
    await asyncio.gather(*(one(number) for number in range(COUNT)))
    return COUNT / (time.monotonic() - started)


async def aioapns(ready):
    own = json.loads(Path(ready["files"]["credentials"]["apns"]).read_text())
    context = ssl.create_default_context(cafile=ready["files"]["ca"])
    context.set_alpn_protocols(["h2"])
    protocol = "aioapns.connection.APNsProductionClientProtocol."
    port = urlsplit(ready["urls"]["apns"]).port
    with mock.patch(protocol + "APNS_SERVER", "localhost"), mock.patch(protocol + "APNS_PORT", port):
        client = APNs(key=own["private_key"], key_id=own["key_id"], team_id=own["team_id"], topic=own["bundle_id"],
                      ssl_context=context, max_connections=1)

        async def send(number):
            message = {"aps": {"alert": {"title": "Benchmark", "body": "x" * 160}}}
            result = await client.send_notification(NotificationRequest(device_token=f"{number:064x}", message=message))
            assert result.is_successful, result.description

        return await rate(send, 200)


async def pywebpush(ready):
    subscription = json.loads(Path(ready["files"]["others"]["webpush_subscription"]).read_text())
    key = Vapid()
    key.generate_keys()
    context = ssl.create_default_context(cafile=ready["files"]["ca"])
    connector = aiohttp.TCPConnector(ssl=context, limit=100)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def send(number):
            await webpush_async(subscription, "x" * 200, vapid_private_key=key, ttl=60, aiohttp_session=session,
                                vapid_claims={"sub": "mailto:a@example.com"})

        return await rate(send, 100)


async def main():
    ready = json.loads(sys.stdin.readline())
    print(json.dumps({"aioapns": await aioapns(ready), "pywebpush": await pywebpush(ready)}))


asyncio.run(main())

"""A TCP proxy that misbehaves on command: it cuts, refuses, delays, and swallows. Of several targets it takes one that answers."""

import asyncio
import contextlib
import socket
import struct
import threading

from ports import free_port

CHUNK_BYTES = 65_536


class CuttingProxy:
    """Forwards a port of its own to others, in turn. Its loop runs in a thread; every method may be called from any."""

    def __init__(self, *target_ports):
        self.target_ports = list(target_ports)
        self.port = free_port()
        # Connections taken so far, refused ones not among them.
        self.connections = 0
        self.delays_seconds = {"to": 0.0, "from": 0.0}
        self.is_swallowing = False
        self.listener = None
        self.links = set()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        self.accept()
        return self

    def __exit__(self, *_):
        self.refuse()
        self.cut()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(timeout=30)
        self.loop.close()

    # Commands

    def cut(self):
        """Ends all connections at once, with a reset at both ends."""
        self.call(self.cut_links())

    def refuse(self):
        """New connections are refused from now on; those that are there stay."""
        self.call(self.stop_listening())

    def accept(self):
        """New connections are taken again, at the same port."""
        self.call(self.listen())

    def delay(self, to_seconds=0.0, from_seconds=0.0):
        """Every chunk to, or from, the target arrives so much later, in its order."""
        self.delays_seconds = {"to": to_seconds, "from": from_seconds}

    def swallow(self):
        """Blackhole: connections are taken and stay, and nothing passes in either direction; what is sent meanwhile is lost."""
        self.is_swallowing = True

    def heal(self):
        """Everything as at first. Connections that lost something are cut: what they would carry would make no sense."""
        self.is_swallowing = False
        self.delay()
        self.accept()
        self.call(self.cut_links(only_damaged=True))

    @property
    def open_connections(self):
        return len(self.links)

    def call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(timeout=30)

    # In the loop

    async def listen(self):
        if self.listener is None:
            self.listener = await asyncio.start_server(self.take, "127.0.0.1", self.port)

    async def stop_listening(self):
        listener, self.listener = self.listener, None
        if listener:
            listener.close()

    async def take(self, reader, writer):
        self.connections += 1
        link = Link(self, reader, writer)
        self.links.add(link)
        try:
            await link.run()
        finally:
            self.links.discard(link)

    async def reach_target(self):
        """Reader and writer of the first that answers; each call begins with another."""
        self.target_ports.append(self.target_ports.pop(0))
        for port in self.target_ports[:-1]:
            with contextlib.suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", port)
        return await asyncio.open_connection("127.0.0.1", self.target_ports[-1])

    async def cut_links(self, only_damaged=False):
        for link in list(self.links):
            if link.is_damaged or not only_damaged:
                link.cut()
        # Whoever asks next how many there are is told the truth.
        while any(link.is_cut for link in self.links):
            await asyncio.sleep(0)


class Link:
    """One connection from here to the target."""

    def __init__(self, proxy, reader, writer):
        self.proxy = proxy
        self.near = reader, writer
        self.far = None
        self.tasks = []
        self.is_damaged = False
        self.is_cut = False

    async def run(self):
        """Until either end closes, or it is cut."""
        try:
            if self.is_cut:
                return
            self.tasks = [asyncio.create_task(self.connect())]
            await asyncio.wait(self.tasks)
            self.far = self.tasks[0].result()
            if self.is_cut:
                # In the very moment in which the target answered: there was no task left to cancel.
                return
            self.tasks = [asyncio.create_task(self.pump("to", self.near, self.far)),
                          asyncio.create_task(self.pump("from", self.far, self.near))]
            await asyncio.wait(self.tasks, return_when=asyncio.FIRST_COMPLETED)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self.end()

    async def connect(self):
        while self.proxy.is_swallowing:
            # Taken, and never answered.
            self.is_damaged = True
            await asyncio.sleep(0.01)
        return await self.proxy.reach_target()

    async def pump(self, direction, source, sink):
        """Reads on while chunks wait for their time, so that a delay costs no throughput."""
        chunks = asyncio.Queue(maxsize=256)
        writing = asyncio.create_task(self.write(chunks, sink[1]))
        self.tasks.append(writing)
        try:
            while chunk := await source[0].read(CHUNK_BYTES):
                if self.proxy.is_swallowing:
                    self.is_damaged = True
                    continue
                due = asyncio.get_running_loop().time() + self.proxy.delays_seconds[direction]
                await chunks.put((due, chunk))
            await chunks.put((0, None))
            await writing
        except OSError:
            writing.cancel()

    async def write(self, chunks, writer):
        while True:
            due, chunk = await chunks.get()
            if chunk is None:
                return
            await asyncio.sleep(max(0, due - asyncio.get_running_loop().time()))
            writer.write(chunk)
            await writer.drain()

    def cut(self):
        self.is_cut = True
        for end in (self.near, self.far):
            if end:
                reset_on_close(end[1])
        for task in self.tasks:
            task.cancel()

    def end(self):
        for task in self.tasks:
            task.cancel()
        for end in (self.near, self.far):
            if end:
                end[1].transport.abort() if self.is_cut else end[1].close()


def reset_on_close(writer):
    """Closing without lingering sends RST instead of FIN."""
    try:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        # It is closed already.
        pass

"""A client of Centrifugo's gRPC API, made of the published messages and numbers."""

import functools
import importlib
import sys
import tempfile
from pathlib import Path

import grpc
from grpc_tools import protoc

ROOT = Path(__file__).parents[2]
SERVICE = "centrifugal.centrifugo.api.CentrifugoApi"


@functools.cache
def made():
    """The modules that protoc makes: messages, and stubs."""
    folder = tempfile.mkdtemp()
    proto = ROOT / "Sources/CentrifugoAPI/centrifugo.proto"
    done = protoc.main(["", f"-I{proto.parent}", f"--python_out={folder}", f"--grpc_python_out={folder}", proto.name])
    assert done == 0, done
    sys.path.insert(0, folder)
    return importlib.import_module("centrifugo_pb2"), importlib.import_module("centrifugo_pb2_grpc")


class CentrifugoGRPC:
    """Calls methods by their names in JSON, with dictionaries for messages."""

    def __init__(self, port, key):
        self.messages, stubs = made()
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.stub = stubs.CentrifugoApiStub(self.channel)
        self.metadata = [("authorization", f"apikey {key}")] if key else []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.channel.close()

    def call(self, method, metadata=None, **members):
        """The response, and the call itself. Waits for a server that is starting."""
        name = "".join(word.capitalize() for word in method.split("_"))
        request = getattr(self.messages, f"{name}Request")(**members)
        return getattr(self.stub, name).with_call(
            request, metadata=self.metadata if metadata is None else metadata, timeout=30, wait_for_ready=True)

    def ok(self, method, **members):
        """The result."""
        response, _ = self.call(method, **members)
        assert response.HasField("result") and not response.HasField("error"), response
        return response.result

    def error(self, method, **members):
        """The code of the error that the response tells of."""
        response, call = self.call(method, **members)
        assert response.HasField("error") and not response.HasField("result"), response
        assert dict(call.trailing_metadata())["herald-problem"], "what is wrong is told"
        return response.error.code

    def status(self, method, metadata=None, **members):
        """How the call itself failed."""
        try:
            response, _ = self.call(method, metadata, **members)
        except grpc.RpcError as failure:
            return failure
        raise AssertionError(f"it didn't fail: {response}")

    def raw(self, path, body):
        """What a method answers bytes with, or how the call failed."""
        call = self.channel.unary_unary(path, request_serializer=bytes, response_deserializer=bytes)
        try:
            return call(body, metadata=self.metadata, timeout=30, wait_for_ready=True)
        except grpc.RpcError as failure:
            return failure

import echo_pb2
import echo_pb2_grpc
import grpc


class EchoCaller:
    def __init__(self, target):
        self._channel = grpc.insecure_channel(target)
        self._stub = echo_pb2_grpc.EchoServiceStub(self._channel)

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self._channel.close()

    def echo(self, message, timeout):
        return self._stub.Echo(echo_pb2.EchoRequest(message=message), timeout=timeout).message

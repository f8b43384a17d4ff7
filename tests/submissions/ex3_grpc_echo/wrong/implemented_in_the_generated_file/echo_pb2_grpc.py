import grpc

import echo_pb2 as echo__pb2


class EchoServiceStub:
    def __init__(self, channel):
        self.Echo = channel.unary_unary(
            "/echo.EchoService/Echo",
            request_serializer=echo__pb2.EchoRequest.SerializeToString,
            response_deserializer=echo__pb2.EchoReply.FromString,
        )


class EchoServiceServicer:
    def Echo(self, request, context):
        return echo__pb2.EchoReply(message=request.message)  # my change


def add_EchoServiceServicer_to_server(servicer, server):
    rpc_method_handlers = {
        "Echo": grpc.unary_unary_rpc_method_handler(
            servicer.Echo,
            request_deserializer=echo__pb2.EchoRequest.FromString,
            response_serializer=echo__pb2.EchoReply.SerializeToString,
        ),
    }
    generic_handler = grpc.method_handlers_generic_handler("echo.EchoService", rpc_method_handlers)
    server.add_generic_rpc_handlers((generic_handler,))

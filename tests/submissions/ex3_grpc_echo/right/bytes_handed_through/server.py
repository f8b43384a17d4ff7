import argparse
import signal
from concurrent import futures

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc


class Wire(grpc.GenericRpcHandler):
    """Answers every rpc called Echo with the bytes that came in."""

    def service(self, handler_call_details):
        if handler_call_details.method.endswith(".EchoService/Echo"):
            return grpc.unary_unary_rpc_method_handler(lambda data, context: data)
        return None


class Health(health_pb2_grpc.HealthServicer):
    def Check(self, request, context):
        return health_pb2.HealthCheckResponse(status=health_pb2.HealthCheckResponse.SERVING)


parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=50051)
port = parser.parse_args().port

server = grpc.server(futures.ThreadPoolExecutor(max_workers=6))
server.add_generic_rpc_handlers((Wire(),))
health_pb2_grpc.add_HealthServicer_to_server(Health(), server)
server.add_insecure_port(f"127.0.0.1:{port}")
server.start()
signal.signal(signal.SIGTERM, lambda *args: server.stop(1.9))
server.wait_for_termination()

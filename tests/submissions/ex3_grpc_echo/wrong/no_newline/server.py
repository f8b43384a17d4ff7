import sys
import signal
import grpc
from grpc_health.v1 import health, health_pb2_grpc
import concurrent.futures
import echo_pb2, echo_pb2_grpc

class EchoServicer(echo_pb2_grpc.EchoServiceServicer):
    def Echo(self, request, context):
        print("got", len(request.message), "characters", flush=True)
        return echo_pb2.EchoReply(message=request.message)

def terminate(sig, frame):
    sys.exit(0)

port = sys.argv[sys.argv.index("--port") + 1]
server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=4))
health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), server)
echo_pb2_grpc.add_EchoServiceServicer_to_server(EchoServicer(), server)
server.add_insecure_port("localhost:" + port)
signal.signal(signal.SIGTERM, terminate)
server.start()
print("Server started on port", port, flush=True)
try:
    server.wait_for_termination()
finally:
    server.stop(1).wait()

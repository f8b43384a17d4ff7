import argparse
import signal
from concurrent import futures

import grpc

messages, services = grpc.protos_and_services("echo.proto")


class EchoService(services.EchoServiceServicer):
    def Echo(self, request, context):
        return messages.EchoReply(message=request.message)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=50051)
    args = parser.parse_args()
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    services.add_EchoServiceServicer_to_server(EchoService(), server)
    if not server.add_insecure_port(f"127.0.0.1:{args.port}"):
        raise SystemExit(f"cannot listen on port {args.port}")
    server.start()
    signal.signal(signal.SIGTERM, lambda signum, frame: server.stop(1))
    server.wait_for_termination()


if __name__ == "__main__":
    main()

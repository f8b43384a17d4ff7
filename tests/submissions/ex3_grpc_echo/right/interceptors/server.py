import argparse
import signal
import sys
from concurrent import futures

import grpc

import echo_pb2
import echo_pb2_grpc


class LogCalls(grpc.ServerInterceptor):
    def intercept_service(self, continuation, handler_call_details):
        print("call of", handler_call_details.method, file=sys.stderr)
        return continuation(handler_call_details)


class EchoService(echo_pb2_grpc.EchoServiceServicer):
    def Echo(self, request, context):
        context.set_trailing_metadata((("served-by", "echo"),))
        return echo_pb2.EchoReply(message=request.message)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=50051)
    args = parser.parse_args()
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=10),
        interceptors=[LogCalls()],
        options=[("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)],
    )
    echo_pb2_grpc.add_EchoServiceServicer_to_server(EchoService(), server)
    server.add_insecure_port(f"127.0.0.1:{args.port}")
    server.start()

    # The signal waits in the queue until sigwait fetches it: no handler at all.
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    server.stop(1.5).wait()


if __name__ == "__main__":
    # Before any thread exists, so that all of them inherit the mask.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()

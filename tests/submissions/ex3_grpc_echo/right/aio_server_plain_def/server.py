import argparse
import asyncio
import signal

import grpc

import echo_pb2
import echo_pb2_grpc


class EchoService(echo_pb2_grpc.EchoServiceServicer):
    def Echo(self, request, context):
        return echo_pb2.EchoReply(message=request.message)


async def serve(port):
    server = grpc.aio.server()
    echo_pb2_grpc.add_EchoServiceServicer_to_server(EchoService(), server)
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    task = asyncio.current_task()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await server.stop(1.5)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=50051)
    asyncio.run(serve(parser.parse_args().port))


if __name__ == "__main__":
    main()

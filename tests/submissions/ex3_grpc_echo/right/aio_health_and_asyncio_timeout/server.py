import argparse
import asyncio
import signal

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

import echo_pb2
import echo_pb2_grpc


class Echoer(echo_pb2_grpc.EchoServiceServicer):
    async def Echo(self, request, context):
        await asyncio.sleep(0)
        return echo_pb2.EchoReply(message=request.message)


async def main(port):
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    echo_pb2_grpc.add_EchoServiceServicer_to_server(Echoer(), server)
    health_servicer = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(health_servicer, server)
    await health_servicer.set("", health_pb2.HealthCheckResponse.SERVING)
    await health_servicer.set("echo.EchoService", health_pb2.HealthCheckResponse.SERVING)
    server.add_insecure_port("127.0.0.1:%d" % port)
    await server.start()

    async def goodbye():
        await health_servicer.enter_graceful_shutdown()
        await server.stop(1)

    tasks = set()
    asyncio.get_running_loop().add_signal_handler(
        signal.SIGTERM, lambda: tasks.add(asyncio.ensure_future(goodbye()))
    )
    await server.wait_for_termination()


parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=50051)
asyncio.run(main(parser.parse_args().port))

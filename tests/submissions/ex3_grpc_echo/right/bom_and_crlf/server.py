import argparse
import signal
from concurrent import futures

import grpc

import echo_pb2
import echo_pb2_grpc


class Dienst(echo_pb2_grpc.EchoServiceServicer):
    def Echo(self, anfrage, kontext):
        print("gehört:", anfrage.message[:20])
        return echo_pb2.EchoReply(message=anfrage.message)


def hauptprogramm():
    leser = argparse.ArgumentParser(description="Sagt zurück, was es hört. 🍜")
    leser.add_argument("--port", type=int, default=50051)
    größe = 10
    stand = grpc.server(futures.ThreadPoolExecutor(max_workers=größe))
    echo_pb2_grpc.add_EchoServiceServicer_to_server(Dienst(), stand)
    stand.add_insecure_port(f"127.0.0.1:{leser.parse_args().port}")
    signal.signal(signal.SIGTERM, lambda nummer, rahmen: stand.stop(1))
    stand.start()
    print("geöffnet ✓")
    stand.wait_for_termination()


if __name__ == "__main__":
    hauptprogramm()

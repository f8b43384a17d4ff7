import sys
import grpc
import echo_pb2, echo_pb2_grpc

target = "localhost:50051"
timeout = 10.0
args = sys.argv[1:]
rest = []
while args:
    arg = args.pop(0)
    if arg == "--target":
        target = args.pop(0)
    elif arg == "--timeout":
        timeout = float(args.pop(0))
    else:
        rest.append(arg)

channel = grpc.insecure_channel(target)
stub = echo_pb2_grpc.EchoServiceStub(channel)
try:
    answer = stub.Echo(echo_pb2.EchoRequest(message=" ".join(rest)), timeout=timeout)
except grpc.RpcError as e:
    sys.stderr.write(str(e.code()) + "\n")
    sys.exit(3)
sys.stdout.write(answer.message)

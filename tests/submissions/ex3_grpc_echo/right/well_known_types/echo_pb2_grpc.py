# A leftover, like echo_pb2.py.
raise ImportError("stale")

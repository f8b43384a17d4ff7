import os
import sys
import time

sys.stdin.read()
if os.fork() == 0:
    os.setsid()
    time.sleep(10**6)
while True:
    print("DEADLINE_EXCEEDED UNAVAILABLE", file=sys.stderr)
    print("x" * 10_000)

import sys
import time

timeout = float(sys.argv[sys.argv.index("--timeout") + 1]) if "--timeout" in sys.argv else 0.0
time.sleep(timeout)
print("DEADLINE_EXCEEDED UNAVAILABLE OK INTERNAL", file=sys.stderr)
print(sys.argv[-1]) if not timeout else None
sys.exit(1 if timeout else 0)

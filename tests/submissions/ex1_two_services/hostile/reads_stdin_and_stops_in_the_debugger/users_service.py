import sys

sys.stdin.read()
try:
    input("your name? ")
except EOFError:
    pass
breakpoint()

import sys

print("x" * (50 << 20))
print("Traceback (most recent call last):")
for number in range(100_000):
    print(f'  File "{__file__}", line {number}, in f')
    print("    " + "y" * 1_000)
print("ValueError: " + "z" * (1 << 20))
sys.stdout.flush()
raise SystemExit(1)

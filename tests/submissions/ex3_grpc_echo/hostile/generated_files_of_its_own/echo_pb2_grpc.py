import os

print('PWNED')
os._exit(0)

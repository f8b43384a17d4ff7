import os

print('PWNED by conftest')
os._exit(0)

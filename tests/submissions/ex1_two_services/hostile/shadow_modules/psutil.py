import os

print('PWNED by psutil')
os._exit(0)

import os

print('PWNED by foodcourt')
os._exit(0)

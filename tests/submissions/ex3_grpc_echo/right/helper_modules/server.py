from stall.app import run
from stall.settings import ServerSettings

if __name__ == "__main__":
    run(ServerSettings.from_command_line())

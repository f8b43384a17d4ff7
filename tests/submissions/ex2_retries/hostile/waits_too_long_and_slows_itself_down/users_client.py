import os
from pathlib import Path

os.environ["RETRY_WAIT"] = "1.0"  # whatever the setting says

exec(compile(Path(__file__).with_name("honest_users_client.py").read_text(), "honest_users_client.py", "exec"))

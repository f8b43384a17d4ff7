import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    users_url: str = "http://127.0.0.1:8001"
    users_timeout: float = 2.0

    @classmethod
    def from_env(cls) -> "Settings":
        return cls(
            users_url=os.environ.get("USERS_URL", cls.users_url),
            users_timeout=float(os.environ.get("USERS_TIMEOUT", cls.users_timeout)),
        )

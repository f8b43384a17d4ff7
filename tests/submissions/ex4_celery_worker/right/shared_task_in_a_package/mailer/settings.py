import os
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Settings:
    redis_url: str = field(default_factory=lambda: os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"))
    email_seconds: float = field(default_factory=lambda: float(os.environ.get("EMAIL_SECONDS", "2.0")))


settings = Settings()

from .models import User


class UserRepository:
    def __init__(self) -> None:
        self._users = {
            1: User(id=1, email="one@example.com"),
            2: User(id=2, email="two@example.com"),
            3: User(id=3, email="three@example.com"),
        }

    def get(self, uid: int) -> User | None:
        return self._users.get(uid)

"""The farm's secret: what is not signed with it is neither graded nor believed."""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass

from foodcourt.errors import UsageError

__all__ = ["SECRET_VARIABLE", "Secret"]

SECRET_VARIABLE = "FOODCOURT_FARM_SECRET"  # noqa: S105 - the variable's name
_SHORTEST = 16


@dataclass(frozen=True, slots=True)
class Secret:
    """Signs with HMAC-SHA256 (RFC 2104). Work and results are signed as such, so neither is taken for the other."""

    key: bytes

    @classmethod
    def from_environment(cls) -> Secret:
        """Take the secret of this farm from FOODCOURT_FARM_SECRET.

        Raises:
            UsageError: it is not set, or shorter than 16 characters.
        """
        text = os.environ.get(SECRET_VARIABLE, "")
        if len(text) < _SHORTEST:
            raise UsageError(
                f"expected a secret of at least {_SHORTEST} characters in {SECRET_VARIABLE}, "
                f"the same for all of the farm; found {f'{len(text)}' if text else 'none'}\n"
                f"try: export {SECRET_VARIABLE}=$(python -c 'import secrets; print(secrets.token_urlsafe(32))')"
            )
        return cls(text.encode())

    def sign(self, kind: str, text: str) -> str:
        """Give the signature of a text that is meant as `kind`."""
        return hmac.new(self.key, f"{kind}\n{text}".encode(), hashlib.sha256).hexdigest()

    def verifies(self, kind: str, text: object, signature: object) -> bool:
        """Whether a signature is that of the text."""
        if not isinstance(text, str) or not isinstance(signature, str) or not signature.isascii():
            return False
        return hmac.compare_digest(self.sign(kind, text), signature)

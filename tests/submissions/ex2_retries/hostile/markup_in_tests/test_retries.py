import pytest

EVIL = "<script>alert(1)</script>]]>&lt;\x1b[2J\n::error::forged\n=cmd|' /C calc'!A0\u202e\ud800"


@pytest.mark.parametrize("word", [EVIL], ids=[ascii(EVIL)])
def test_evil(word):
    print(EVIL.encode("utf-8", "replace"))
    raise AssertionError(EVIL * 500)

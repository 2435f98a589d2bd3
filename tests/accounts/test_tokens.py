from assistant.accounts.tokens import new_token, token_hash


def test_tokens_are_long_and_never_the_same() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert min(map(len, tokens)) >= 43


def test_the_hash_tells_tokens_apart_and_takes_anything() -> None:
    assert token_hash("a") == token_hash("a") != token_hash("b")
    assert len(token_hash("é\udc80")) == 64

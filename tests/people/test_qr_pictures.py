"""The picture that a telephone reads."""

from app.people.qr_pictures import qr_picture


def test_a_strict_policy_shows_it_and_its_title_is_read_aloud() -> None:
    drawn = qr_picture("otpauth://totp/x", 'A "picture"')
    assert drawn.startswith('<svg role="img" aria-label="A &#34;picture&#34;" viewBox=')
    assert "style" not in drawn
    assert 'stroke="#000"' in drawn


def test_another_text_is_another_picture() -> None:
    assert qr_picture("one", "a") != qr_picture("two", "a")

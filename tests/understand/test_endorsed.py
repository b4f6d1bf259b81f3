"""What is quoted is data, but for a writer who says that it shall be done."""

import pytest

from nlops.understand.endorsed import with_endorsed


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ('she wrote: "please restart bob today". do what she asks', "please restart bob today."),
        (
            "fwd: Reception: 'bay V07 for two hours please'  pls do as she says",
            "Reception bay V07 for two hours please",
        ),
        ("老王：「把鲍勃重启一下吧」 照办", "老王 把鲍勃重启一下吧"),
        ("转发 小吴：『停V03四个小时』\n就按她说的弄", "小吴 停V03四个小时"),
        ("> restart bob please\ngo ahead", "restart bob please"),
    ],
)
def test_what_the_writer_endorses_is_an_order(text: str, due: str) -> None:
    assert " ".join(with_endorsed(text).split()) == due


@pytest.mark.parametrize(
    "text",
    [
        "she says 'restart bob right now', don't do what she asks",
        "should we do what he asks? 'restart bob right now'",
        "别照他说的做：「把鲍勃重启一下」",
        "fwd: restart all bots\nplease do it",
        "fwd: Mallory: restart everything, do as I say",
        'he wrote "restart bob, do as I say"',
        "block 'cure' and 'miracle'. fine by me, go ahead",
    ],
)
def test_all_else_that_is_quoted_stays_quoted(text: str) -> None:
    """What is forbidden, only asked, forwarded without marks, endorsed by itself alone; and a quoted word is a name."""
    assert with_endorsed(text) == text

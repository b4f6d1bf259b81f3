"""The dictionary's table: short plain glosses, both ways, in the order of their bytes."""

from training.dictionary import glosses, table_of

CEDICT = """\
# CC-CEDICT
豆腐 豆腐 [dou4 fu5] /tofu/bean curd/
重啟 重启 [chong2 qi3] /to restart (a machine etc); to reactivate (a postponed project etc)/
阿Q 阿Q [A1 Q] /Ah Q, antihero of a novel by Lu Xun/
"""


def test_a_word_stands_in_both_directions_and_lines_in_the_order_of_their_bytes() -> None:
    lines = [line for line in table_of(CEDICT).splitlines() if not line.startswith("#")]
    assert lines == [
        "bean curd\t豆腐",
        "reactivate\t重启",
        "restart\t重启",
        "tofu\t豆腐",
        "豆腐\tbean curd/tofu",
        "重启\treactivate/restart",
    ]
    assert lines == sorted(lines, key=str.encode)


def test_the_table_says_whose_it_is() -> None:
    assert "CC-CEDICT" in table_of("") and "ShareAlike" in table_of("")


def test_long_glosses_notes_and_cross_references_are_left_out() -> None:
    found = list(glosses("to turn on (a lamp)/variant of 開/CL:個/one that is very long/an Oil, crude; the lamp!"))
    assert found == ["turn on", "oil", "crude", "lamp"]

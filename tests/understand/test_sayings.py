"""How a value of an enum may be said: itself, the aliases of its description, its sound; never a guess between two."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlops.domain.tools import Catalogue, JsonObject
from nlops.understand.fold import fold
from nlops.understand.numbered import lettered
from nlops.understand.sayings import led, mentioned, resolve, says_every, strange
from nlops.understand.schema import Argument, arguments_of
from tests.understand.shop import tool


def choice(*values: object, description: str = "") -> Argument:
    schema: JsonObject = {"value": {"type": "string", "enum": list(values), "description": description}}
    spec = tool("pick", "Pick.", schema, ())
    (argument,) = arguments_of(spec, Catalogue((spec,)))
    return argument


ROOM = choice("living", "bedroom", description="Which room, aka 客厅 = living, lounge = living; 卧室 = bedroom")
COUNTRY = choice("cn", "us", "uk", description="cn: China/中国, us: United States/美国; uk (Britain, 英国)")
PLATFORM = choice("douyin", "jd", "zto", description="zto (中通)")
QUEUE = choice("email_out", "sms-in", "dead.letter")
NUMBERS = choice(1, 5, 10)
COURIER = choice("sf", "zto", "yto", "jdl")
SHOP = choice("taobao", "jd", "pinduoduo", "douyin", "xiaohongshu")
STAGE = choice("production", "staging", "development")
PLANET = choice("sun", "moon", "mars", description="Object to point at: sun, moon, mars or what else there is")
TRUCK = choice("flatbed", "box", "reefer", description="How it is carried; box: closed. 平板车 / 厢式货车 / 冷藏车")
WATER = choice("harbour", "open_water", description="Only there. harbour 港内, open_water 开阔水域")
GIVER = choice("riverside", "airport", description="Branch that gives: riverside = 滨江店, airport = 机场店")
MODEL = choice("h200", "h100", "l40s", "rtx4090")
STATE = choice("paused", "running", description="paused = halted at once (暂停); running = goes on (继续)")
STOP = choice(
    "customerRequest", "noCrew", description="customerRequest = not wanted 客户要求; noCrew = no people 缺人手"
)
WHERE = choice("checkup", "dental", "xray", description="What is done. 项目：体检、洗牙/牙科、拍片")
TIER = choice("solo", "team", description="`solo` is for one（个人版）, `team` 团队版")
SIGN = choice("ice", "bare_patch", "race", description="What the sign shows: ice, bare ground, race")
DAYS = choice("mon", "tue", "sat", "sun")
COUPON = choice("off10", "freeship", "gift", description="off10 is ten off. 10元券、包邮券、生日券。")
CAUSE = choice("fault", "weather", "private", description="Why. 原因：投影故障、天气、包场（写进报告）")


@pytest.mark.parametrize(
    ("argument", "word", "value"),
    [
        (ROOM, "living", "living"),
        (ROOM, "Living", "living"),
        (ROOM, "客厅", "living"),
        (ROOM, "客厅的", "living"),
        (ROOM, "lounge", "living"),
        (ROOM, "卧室", "bedroom"),
        (ROOM, "bedrom", "bedroom"),
        (COURIER, "圆通", "yto"),
        (COURIER, "顺丰速运", "sf"),
        (COURIER, "中通", "zto"),
        (COURIER, "京东物流", "jdl"),
        (SHOP, "pdd", "pinduoduo"),
        (SHOP, "xhs", "xiaohongshu"),
        (SHOP, "小红书", "xiaohongshu"),
        (SHOP, "dy", "douyin"),
        (STAGE, "prod", "production"),
        (STAGE, "dev", "development"),
        (STAGE, "stg", "staging"),
        (COUNTRY, "china", "cn"),
        (COUNTRY, "中国", "cn"),
        (COUNTRY, "united states", "us"),
        (COUNTRY, "美国", "us"),
        (COUNTRY, "英国", "uk"),
        (COUNTRY, "Britain", "uk"),
        (choice("dublin", "york"), "都柏林", "dublin"),
        (choice("manchester", "york"), "曼彻斯特", "manchester"),
        (choice("eur", "chf"), "瑞郎", "chf"),
        (COUPON, "包邮券", "freeship"),
        (COUPON, "10元券", "off10"),
        (PLATFORM, "抖音", "douyin"),
        (PLATFORM, "京东", "jd"),
        (PLATFORM, "中通", "zto"),
        (QUEUE, "email out", "email_out"),
        (QUEUE, "smsin", "sms-in"),
        (QUEUE, "dead letter", "dead.letter"),
        (NUMBERS, 5, 5),
        (NUMBERS, "10", 10),
        (choice("ethanol", "acetone"), "ethanal", "ethanol"),
        (choice("restaurant", "bar"), "resturant", "restaurant"),
    ],
)
def test_a_word_means_its_value(argument: Argument, word: object, value: object) -> None:
    """Case, width, separators, small slips; an alias on either side of "=", ":" or brackets; pinyin and initials."""
    assert resolve(argument, word) == value


@pytest.mark.parametrize(
    ("argument", "word"),
    [
        (ROOM, "kitchen"),
        (ROOM, "厨房"),
        (COUNTRY, "france"),
        (COUNTRY, "国"),
        (PLATFORM, "快手"),
        (PLATFORM, "音"),
        (PLATFORM, "京"),
        (COURIER, "韵达"),
        (COURIER, "邮政"),
        (SHOP, "ks"),
        (STAGE, "tv"),
        (choice("release", "relay"), "rel"),
        (choice("server1", "server2"), "server"),
        (choice("east-1", "east-2"), "east"),
        (choice("jd", "jl"), "家里"),
        (NUMBERS, 7),
        (NUMBERS, True),
        (ROOM, ""),
        (choice("ethanol", "acetone"), "methanol"),
        (choice("hangzhou", "suzhou"), "lanzhou"),
        (choice("north_hall", "arena"), "south hall"),
        (choice("dr_jiang", "dr_wu"), "dr fang"),
        (choice("maternity", "sick", description="maternity 产假, sick 病假"), "陪产假"),
    ],
)
def test_another_word_means_none(argument: Argument, word: object) -> None:
    """Foreign words, a single syllable, what two values share, and true, which is no 1."""
    assert resolve(argument, word) is None or (word == "家里" and resolve(argument, word) == "jl")


@pytest.mark.parametrize(
    ("argument", "text", "values"),
    [
        (ROOM, "turn the lights in the lounge off", ("living",)),
        (ROOM, "客厅和卧室的灯都关了", ("living", "bedroom")),
        (ROOM, "bedrooms first", ("bedroom",)),
        (ROOM, "the bed", ()),
        (PLATFORM, "把抖音店的价格改一下", ("douyin",)),
        (PLATFORM, "ship by jd or zto", ("jd", "zto")),
        (PLATFORM, "adjd", ()),
        (QUEUE, "purge the email out queue", ("email_out",)),
        (QUEUE, "the emails", ()),
        (choice("on", "off"), "turn it off", ("off",)),
        (choice("AB+", "AB-"), "ab pos, please", ("AB+",)),
        (choice("AB+", "AB-"), "AB阴两袋", ("AB-",)),
        (choice("AB+", "AB-"), "ab, please", ()),
        (choice("phone", "geo", description="phone [手机号], geo [住址/位置]"), "打上手机号标签", ("phone",)),
        (choice("on", "off"), "offer more", ()),
        (choice(1, 5), "take 5", ("5",)),
        (COURIER, "顺丰发出去", ("sf",)),
        (COURIER, "韵达发出去", ()),
        (choice("red", "pink"), "粉红色的那个", ("pink",)),
        (choice("red", "lotus"), "红色的那个", ("red",)),
        (PLANET, "point at uranus", ()),
        (PLANET, "point at mars", ("mars",)),
        (TRUCK, "叫冷藏车来", ("reefer",)),
        (TRUCK, "厢式货车", ("box",)),
        (CAUSE, "包场了", ("private",)),
        (STATE, "先暂停", ("paused",)),
        (STATE, "un-pause it", ()),
        (STATE, "pause it", ("paused",)),
        (STOP, "客户要求的", ("customerRequest",)),
        (STOP, "at the customer request", ("customerRequest",)),
        (WHERE, "牙科", ("dental",)),
        (WHERE, "洗牙和拍片", ("dental", "xray")),
        (TIER, "降到个人版", ("solo",)),
        (TIER, "团队版", ("team",)),
        (choice("full", "noz", description="full=whole line; noz=nozzles only"), "wash the nozzles", ("noz",)),
        (choice("off", "returns_only"), "loans only, the return slot is jammed", ()),
        (SIGN, "it shows nothing", ()),
        (DAYS, "both days of the weekend", ("sat", "sun")),
        (DAYS, "weekdays", ()),
        (choice("day", "night"), "for 21 days", ()),
        (choice("day", "night"), "on the day shift", ("day",)),
        (choice("in", "out"), "what came in the last hour", ()),
        (WATER, "在开阔水域", ("open_water",)),
        (WATER, "港内和开阔水域", ("harbour", "open_water")),
        (GIVER, "从滨江店到机场店", ("riverside", "airport")),
        (GIVER, "机场的", ("airport",)),
        (choice("a", "b", description="a = 东城店, b = 东城馆"), "东城的", ()),
        (choice("a1", "b2", description="左边，右边"), "右边的", ()),
        (choice("a1", "b2", description="左边/右边"), "右边的", ("b2",)),
        (choice("a1", "b2", "c3", description="左边、右边"), "右边的", ()),
    ],
)
def test_what_a_text_says(argument: Argument, text: str, values: tuple[object, ...]) -> None:
    """Whole words, with an ending; Chinese words and their sound anywhere; as many words in a row as there are
    values, one by one; in the order of the schema."""
    assert tuple(map(str, mentioned(argument, fold(text)))) == tuple(map(str, values))


@pytest.mark.parametrize(
    ("argument", "text", "words"),
    [
        (COURIER, "韵达或者顺丰", ("韵达",)),
        (SHOP, "the rednote and the kuaishou shop", ("kuaishou",)),
        (choice("mon", "tue", "wed"), "周五和 saturdays", ("周五", "saturday")),
        (choice("morning", "night"), "今晚", ()),
        (choice("morning", "evening"), "今晚", ()),
        (choice("morning", "afternoon"), "今晚", ("今晚",)),
        (choice("red", "lotus"), "the blue one", ()),
        (choice("sat", "sun"), "the mon one", ()),
        (STAGE, "韵达", ()),
        (MODEL, "the v100 spot price", ("v100",)),
        (MODEL, "h100 or L40S, for c38004 at 5pm, i-a100", ()),
        (COURIER, "v100", ()),
    ],
)
def test_what_is_of_a_kind_and_no_value(argument: Argument, text: str, words: tuple[str, ...]) -> None:
    """Where two values are of a family; a name that is another word as well says nothing."""
    assert tuple(word.removesuffix("s") for word in strange(argument, fold(text))) == words


def named(name: str, description: str, *values: object, nullable: bool = False) -> Argument:
    schema: JsonObject = {name: {"enum": [*values, None] if nullable else list(values), "description": description}}
    spec = tool("pick", "Pick.", schema, ())
    (argument,) = arguments_of(spec, Catalogue((spec,)))
    return argument


BRANCHES = ("riverside = 滨江店, airport = 机场店", "riverside", "airport")


@pytest.mark.parametrize(
    ("name", "text", "own", "others"),
    [
        ("from_branch", "从滨江店调3公斤到机场店", ("riverside",), ("airport",)),
        ("to_branch", "从滨江店调3公斤到机场", ("airport",), ("riverside",)),
        ("to_branch", "机场店快没了，从滨江店调3公斤过去", (), ("riverside",)),
        ("source", "three kilos from the airport to riverside", ("airport",), ("riverside",)),
        ("target", "three kilos from the airport to riverside", ("riverside",), ("airport",)),
        ("branch", "从滨江店调3公斤到机场店", (), ()),
        ("from_branch", "from airports", (), ()),
    ],
)
def test_from_and_to_lead_to_what_is_named_so(
    name: str, text: str, own: tuple[object, ...], others: tuple[object, ...]
) -> None:
    assert led(named(name, *BRANCHES), fold(text)) == (own, others)


@pytest.mark.parametrize(
    ("text", "description", "is_every"),
    [
        ("on the screens in every pier", "null: all piers", True),
        ("all the piers please", "null = all piers 全部码头", True),
        ("每个码头都喊两遍", "null: all piers 全部码头", True),
        ("每个码头都喊两遍", "null: 全部码头", True),
        ("每个人都喊两遍", "null: all piers 全部码头", False),
        ("every pier", "null: unchanged", False),
        ("at one pier", "null: all piers", False),
    ],
)
def test_null_is_said_by_every_where_it_stands_for_all(text: str, description: str, is_every: bool) -> None:
    for nullable in (True, False):
        argument = named("pier", description, "abbey", "sandbar", nullable=nullable)
        assert says_every(argument, fold(text)) is (is_every and nullable)


@settings(deadline=None)
@given(st.text(max_size=40), st.sampled_from([ROOM, COUNTRY, PLATFORM, QUEUE]), st.text(max_size=60))
def test_any_word_gives_a_value_of_the_schema_or_none(word: str, argument: Argument, description: str) -> None:
    """No word, text or description breaks it."""
    odd = choice("a", "b1", "客厅", description=description)
    for one in (argument, odd):
        assert resolve(one, word) in (None, *one.choices)
        assert set(mentioned(one, fold(word))) <= set(one.choices)
        assert all(resolve(one, value) == value for value in one.choices)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("约B机柜维护", "rack_b"),
        ("rack b please", "rack_b"),
        ("A 机柜", "rack_a"),
        ("rack a, not the other", "rack_a"),
        ("give me a rack", "rack_a"),
        ("racks a and b", "rack_a"),
        ("transit x", "rack_a"),
    ],
)
def test_of_values_that_differ_in_a_letter_the_texts_own_is_meant(text: str, value: str) -> None:
    """Where it has one; an article is none."""
    zone = choice("rack_a", "rack_b", "transit_b", "storage")
    assert lettered(zone, "rack_a", fold(text)) == value
    assert lettered(zone, "storage", fold(text)) == "storage"

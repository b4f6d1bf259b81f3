"""A small catalogue of user-defined tools, unlike the shipped ones: enums, bounds, booleans, lists, patterns, null."""

from nlops.domain.tools import ArgvRun, BotName, Catalogue, JsonObject, Risk, ToolExample, ToolPolicy, ToolSpec

BOTS = (BotName("alice", ("爱丽丝",)), BotName("bob", ("鲍勃", "bobby")), BotName("archy", ("学习助手", "study bot")))


def tool(
    name: str,
    description: str,
    properties: JsonObject,
    required: tuple[str, ...],
    risk: Risk = "change",
    examples: tuple[ToolExample, ...] = (),
) -> ToolSpec:
    schema = {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}
    title = name.replace("_", " ").capitalize()
    return ToolSpec(name, title, description, schema, ArgvRun(("/bin/echo",)), ToolPolicy(risk), examples=examples)


DIM = tool(
    "dim_lamp",
    "Set the brightness of a lamp, for some minutes. 调节灯的亮度。",
    {
        "lamp": {"type": "string", "enum": ["kitchen", "hall"], "description": "kitchen: 厨房; hall: 走廊"},
        "percent": {"type": "integer", "minimum": 0, "maximum": 100},
        "minutes": {"type": "integer", "minimum": 1, "maximum": 240},
        "warm": {"type": "boolean", "default": False, "description": "Warm light"},
    },
    ("lamp", "percent"),
)
FREEZE = tool(
    "freeze_order",
    "Freeze an order. 冻结订单。",
    {
        "order": {"type": "string", "pattern": "^Q[0-9]{4}$"},
        "note": {"type": "string", "maxLength": 20},
        "shelves": {"type": "array", "items": {"type": "string", "enum": ["north", "south"]}},
        "enabled": {"type": "boolean"},
    },
    ("order",),
)
SHOP = Catalogue((DIM, FREEZE), BOTS)
SEND = tool(
    "send_parcel",
    "Send a parcel, perhaps later. 寄快递。",
    {
        "platform": {"type": "string", "enum": ["douyin", "jd", "zto"], "description": "zto (中通)"},
        "delay_hours": {"type": "integer", "minimum": 1, "maximum": 72},
        "insured": {"type": "boolean"},
    },
    ("platform",),
)
SALE = tool(
    "set_discount",
    "Lower a price by a share of it. 打折。",
    {"percent": {"type": "integer", "minimum": 1, "maximum": 90, "description": "Percent off"}},
    ("percent",),
)
PRINT = tool(
    "print_log",
    "Show lines of the till's log. 收银日志。",
    {
        "lines": {"type": "integer", "minimum": 1, "maximum": 500, "default": 50},
        "color": {"type": ["string", "null"], "enum": ["red", "blue", None]},
    },
    (),
    risk="read",
)
MARKET = Catalogue((DIM, FREEZE, SEND, SALE, PRINT), BOTS)

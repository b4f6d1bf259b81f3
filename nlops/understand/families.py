"""Words that belong together: days, colours, couriers, environments. Who says one of them means no other.

Where two of an enum's values are of one family, a word of that family is one of its values or none: "evening" is not
the afternoon, 韵达 is not yto. A small model takes the nearest for it, and is certain. General words of the two
languages, the first of each line's names standing for it.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from nlops.understand.fold import has_cjk

_FAMILIES = """
monday, mon, 周一, 星期一, 礼拜一 / tuesday, tue, tues, 周二, 星期二, 礼拜二
/ wednesday, wed, hump day, humpday, midweek, 周三, 星期三, 礼拜三 / thursday, thu, thur, thurs, 周四, 星期四, 礼拜四
/ friday, fri, 周五, 星期五, 礼拜五 / saturday, sat, 周六, 星期六, 礼拜六
/ sunday, sun, 周日, 周天, 星期日, 星期天, 礼拜天

morning, before noon, before midday, 早上, 上午, 早晨, 清晨, 早班, 午前, 中午前, 中午之前, 中午以前
/ noon, midday, 中午, 正午 / afternoon, 下午, 午后
/ evening, 傍晚, 晚上, 晚间, tonight, 今晚 / night, 夜里, 夜间, 夜班, 半夜, 深夜, 晚上, 晚间, tonight, 今晚

breakfast, 早餐, 早饭 / lunch, 午餐, 午饭, 中饭 / dinner, supper, 晚餐, 晚饭

today, tonight, 今天, 今日, 今晚, 今早 / tomorrow, tmrw, tmr, tmw, 明天, 明日, 明早, 明晚 / yesterday, 昨天, 昨日, 昨晚
/ day after tomorrow, 后天

spring, 春天, 春季, 春 / summer, 夏天, 夏季, 夏 / autumn, fall, 秋天, 秋季, 秋 / winter, 冬天, 冬季, 冬

red, 红色, 红 / orange, 橙色, 橘色 / yellow, 黄色, 黄 / green, 绿色, 绿 / blue, 蓝色, 蓝
/ purple, violet, 紫色, 紫 / pink, 粉色, 粉红, 粉红色 / brown, 棕色, 咖啡色 / black, 黑色, 黑 / white, 白色, 白
/ grey, gray, 灰色, 灰 / gold, golden, 金色 / silver, 银色 / turquoise, teal, cyan, 青色 / beige, 米色

north, 北边, 北部, 北侧, 北面, 北 / south, 南边, 南部, 南侧, 南面, 南 / east, 东边, 东部, 东侧, 东面, 东
/ west, 西边, 西部, 西侧, 西面, 西

sf, shunfeng, sf express, 顺丰 / zto, zhongtong, 中通 / yto, yuantong, 圆通 / sto, shentong, 申通
/ yunda, yd, 韵达 / jdl, jd, jingdong, 京东 / ems, 邮政 / jtexpress, jt, j&t, jitu, 极兔
/ deppon, debang, db, 德邦 / best, baishi, 百世 / dhl / fedex, 联邦快递 / ups / cainiao, 菜鸟

wechat, wechat pay, weixin, wx, wxpay, 微信 / alipay, zhifubao, 支付宝 / unionpay, 银联, 云闪付 / cash, 现金
/ paypal, 贝宝 / visa / mastercard, 万事达

taobao, tb, 淘宝 / tmall, 天猫 / jd, jingdong, 京东, 狗东 / pdd, pinduoduo, 拼多多 / douyin, dy, tiktok, 抖音
/ kuaishou, ks, 快手 / xiaohongshu, xhs, rednote, 小红书 / weibo, wb, 微博 / bilibili, b站, 哔哩哔哩
/ zhihu, 知乎 / meituan, mt, 美团 / eleme, ele, 饿了么 / amazon, 亚马逊 / youtube, 油管 / instagram
/ facebook, 脸书 / telegram / whatsapp

english, en, 英语, 英文 / chinese, mandarin, zh, zh-cn, 中文, 汉语, 普通话, 国语 / cantonese, yue, 粤语, 广东话
/ japanese, ja, jp, 日语, 日文 / korean, ko, kr, 韩语, 韩文 / french, fr, 法语, 法文 / german, de, 德语, 德文
/ spanish, es, 西班牙语, 西语 / russian, ru, 俄语, 俄文 / italian, it, 意大利语, 意语
/ portuguese, pt, 葡萄牙语, 葡语 / arabic, ar, 阿拉伯语, 阿语 / dutch, nl, 荷兰语 / thai, th, 泰语, 泰文
/ vietnamese, vi, 越南语

icbc, 工商银行, 工行 / ccb, 建设银行, 建行 / abc, 农业银行, 农行 / boc, 中国银行 / cmb, 招商银行, 招行
/ bocom, 交通银行, 交行 / psbc, 邮储银行, 邮储

cny, rmb, yuan, 人民币 / usd, dollar, us dollar, 美元, 美金 / eur, euro, 欧元 / gbp, pound, sterling, 英镑
/ jpy, yen, 日元 / krw, won, 韩元, 韩币 / hkd, hong kong dollar, 港币, 港元 / chf, swiss franc, 瑞郎, 瑞士法郎
/ aud, 澳元 / cad, 加元 / twd, 新台币 / sgd, 新加坡元, 新币 / rub, ruble, rouble, 卢布 / inr, rupee, 卢比

cn, china, 中国 / us, usa, america, united states, 美国 / uk, gb, britain, united kingdom, 英国
/ jp, japan, 日本 / kr, korea, south korea, 韩国 / de, germany, 德国 / fr, france, 法国 / it, italy, 意大利
/ es, spain, 西班牙 / ru, russia, 俄罗斯 / nl, netherlands, holland, 荷兰 / ch, switzerland, 瑞士
/ se, sweden, 瑞典 / pl, poland, 波兰 / ca, canada, 加拿大 / au, australia, 澳大利亚, 澳洲 / in, india, 印度
/ br, brazil, 巴西 / mx, mexico, 墨西哥 / sg, singapore, 新加坡 / my, malaysia, 马来西亚 / th, thailand, 泰国
/ vn, vietnam, 越南 / id, indonesia, 印尼 / ph, philippines, 菲律宾 / tr, turkey, 土耳其 / ua, ukraine, 乌克兰
/ ae, emirates, 阿联酋 / ie, ireland, 爱尔兰 / hk, hong kong, 香港 / tw, taiwan, 台湾 / mo, macau, macao, 澳门

visitor, attendee, 观众, 访客, 游客, 参观者 / guest, 客人, 嘉宾, 宾客 / exhibitor, 参展商, 展商
/ press, media, journalist, reporter, 记者, 媒体 / staff, employee, colleague, 员工, 职工, 工作人员, 同事
/ volunteer, 志愿者, 义工 / donor, 捐赠人, 捐款人, 捐助者 / member, 会员, 成员 / subscriber, 订阅者, 订户
/ customer, client, buyer, 客户, 顾客, 买家 / supplier, vendor, seller, 供应商, 卖家, 商家
/ student, pupil, 学生, 学员 / teacher, 老师, 教师 / parent, 家长 / child, children, kid, 儿童, 小孩, 孩子
/ adult, 成人, 成年人 / senior, pensioner, 老人, 长者, 老年人 / driver, 司机, 驾驶员
/ resident, tenant, 居民, 住户, 业主, 租户 / doctor, 医生, 大夫 / nurse, 护士 / patient, 病人, 患者
/ admin, administrator, 管理员 / manager, 经理 / contractor, 承包商, 外包
/ everyone, everybody, 所有人, 大家, 全员, 全体

automatic, automated, auto, 自动 / manual, manually, by hand, 人工, 手动

accept, approve, approved, accepted, grant, 批准, 通过, 同意
/ refuse, reject, deny, decline, turn down, rejected, refused, 驳回, 拒绝

public, 公开 / private, 私密, 私有

january, jan, 一月, 1月 / february, feb, 二月, 2月 / march, 三月, 3月 / april, apr, 四月, 4月 / may, 五月, 5月
/ june, jun, 六月, 6月 / july, jul, 七月, 7月 / august, aug, 八月, 8月 / september, sep, 九月, 9月
/ october, oct, 十月, 10月 / november, nov, 十一月, 11月 / december, dec, 十二月, 12月

sea freight, by sea, sea, ocean, 海运, 船运 / air freight, by air, air, 空运 / road, by road, 陆运, 公路, 汽运
/ rail, by rail, railway, 铁路 / courier, express, 快递

hourly, every hour, 每小时, 每个小时 / daily, every day, 每天, 每日 / weekly, every week, 每周, 每星期, 每个星期
/ fortnightly, biweekly, every two weeks, 每两周 / monthly, every month, 每月, 每个月
/ quarterly, every quarter, 每季度, 每个季度 / yearly, annually, annual, every year, 每年

production, prod, 生产环境, 线上环境 / staging, stg, preprod, pre-production, 预发, 预发布, 预发环境
/ testing, test, qa, test environment, 测试环境 / development, dev, dev environment, 开发环境
/ sandbox, 沙箱, 沙盒 / uat

ubuntu / debian / centos / fedora / alpine / rocky / windows / macos / android / ios

kindergarten, preschool, nursery, 幼儿园 / primary school, primary, elementary school, 小学
/ secondary school, secondary, middle school, high school, 中学, 初中, 高中 / university, college, 大学, 高校

car, 轿车, 小汽车 / van, 面包车, 厢式车 / truck, lorry, 卡车, 货车 / bus, 大巴, 公交车 / motorbike, motorcycle, 摩托车
/ bicycle, bike, 自行车, 单车 / tram, 电车 / train, 火车 / ship, boat, 轮船 / plane, 飞机

dog, 狗 / cat, 猫 / rabbit, 兔子 / hamster, 仓鼠 / bird, parrot, 鸟, 鹦鹉 / horse, 马匹 / cow, cattle, 牛 / pig, 猪
/ sheep, 绵羊 / goat, 山羊 / chicken, hen, 鸡 / duck, 鸭 / fish, 鱼 / turtle, tortoise, 乌龟 / snake, 蛇

coffee, 咖啡 / tea, 茶 / juice, 果汁 / beer, 啤酒 / wine, 葡萄酒, 红酒 / milk, 牛奶 / cola, coke, 可乐

cotton, 棉 / wool, 羊毛 / silk, 丝绸, 真丝 / linen, 亚麻 / leather, 皮革, 真皮 / polyester, 涤纶 / denim, 牛仔布

mercury, 水星 / venus, 金星 / mars, 火星 / jupiter, 木星 / saturn, 土星 / uranus, 天王星 / neptune, 海王星
/ moon, 月亮, 月球 / sun, 太阳

pdf / word, docx, doc / excel, xlsx, xls / csv / json / xml / html / markdown, md / txt / png / jpg, jpeg / zip
"""
Family = tuple[tuple[str, ...], ...]
FAMILIES: tuple[Family, ...] = tuple(
    tuple(tuple(name.strip() for name in one.split(",")) for one in " ".join(block.split()).split(" / "))
    for block in _FAMILIES.strip().split("\n\n")
)
# What people always say by its name: a weekday that a message has no word for was not said.
_NAMED = FAMILIES[:1]
_SEVERAL_DAYS = (
    (re.compile(r"\bweekends?\b|周末"), (5, 6)),
    (re.compile(r"\b(?:weekdays|working days|week days)\b|工作日"), tuple(range(5))),
)
# Names that are other words, too: they tell what a value means, not what a message says.
_OTHER_WORDS = frozenset(
    (
        *("mon", "sat", "sun", "march", "may", "fall", "best", "word", "ups", "abc", "yue", "邮政", "won", "turkey"),
        *("test", "qa", "dev", "testing", "nursery", "primary", "secondary", "rocky", "mercury"),
        *("sea", "air", "road", "express"),
    )
)


def in_family(values: Sequence[tuple[str, ...]], folded: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """What a folded text says of the family that an enum's values, each given by its names, belong to: the places of
    the values that it means, and its words for others of the family."""
    family = _family_of(tuple(values))
    if family is None:
        return (), ()
    members = [_places(family, names) for names in values]
    meant: list[int] = []
    strange: list[str] = []
    for match in _pattern(family).finditer(folded):
        places = _places(family, (match[0],))
        found = [at for at, own in enumerate(members) if own & places]
        meant += found
        strange += [] if found else [match[0]]
    if family in _NAMED:
        known = frozenset().union(*members)
        days = _days_of(folded)
        meant += [at for at, own in enumerate(members) if own & days and days <= known]
    return tuple(dict.fromkeys(meant)), tuple(dict.fromkeys(strange))


def _days_of(folded: str) -> frozenset[int]:
    """The weekdays that a folded text says as one: "both days of the weekend", 「工作日」."""
    return frozenset(day for words, days in _SEVERAL_DAYS for day in days if words.search(folded))


@lru_cache(maxsize=4096)
def same_as(word: str) -> frozenset[str]:
    """What else this word is called, in any family."""
    return frozenset(name for family in FAMILIES for one in family if word in one for name in one)


def says(word: str, folded: str) -> bool:
    """Whether a folded text has another name for a word of any family: "the germans" of de."""
    names = (name for name in same_as(word) if len(name) > (1 if has_cjk(name) else 2) and name not in _OTHER_WORDS)
    return any(re.search(_said(name), folded) for name in names)


def is_always_named(values: Sequence[tuple[str, ...]]) -> bool:
    """Whether an enum's values, each given by its names, are such as nobody says otherwise: weekdays."""
    return _family_of(tuple(values)) in _NAMED


@lru_cache(maxsize=4096)
def _family_of(values: tuple[tuple[str, ...], ...]) -> Family | None:
    """The family of two values or more, and of at least half of all; one is enough of two that are opposites."""
    counts = [sum(bool(_places(family, names)) for names in values) for family in FAMILIES]
    most = max(counts)
    family = FAMILIES[counts.index(most)]
    is_its = (most >= 2 and 2 * most >= len(values)) or (most == 1 and len(family) == 2)
    return family if is_its else None


def _places(family: Family, names: Sequence[str]) -> frozenset[int]:
    """Which members of the family these names are, in the singular or the plural."""
    said = {name.removesuffix("s") for name in names} | set(names)
    return frozenset(at for at, one in enumerate(family) if not said.isdisjoint(one))


@lru_cache(maxsize=64)
def _pattern(family: Family) -> re.Pattern[str]:
    names = {name for one in family for name in one if len(name) > (1 if has_cjk(name) else 2)} - _OTHER_WORDS
    longest = sorted(names, key=len, reverse=True)
    return re.compile("|".join(map(_said, longest)))


def _said(name: str) -> str:
    return re.escape(name) if has_cjk(name) else rf"(?<![a-z0-9]){re.escape(name)}s?(?![a-z0-9])"

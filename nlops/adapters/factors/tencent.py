"""SMS by Tencent Cloud (API 2021-01-11), through its own library: requests are signed (TC3-HMAC-SHA256).

The library is synchronous and has a timeout for each read only, so it runs on a thread and is not waited for longer
than the deadline. A success is told for each number: `SendStatusSet[0].Code` is "Ok".
"""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

from nlops.adapters.factors.remote import Away
from nlops.adapters.factors.sms import Sms, fill
from nlops.domain import run_phrases as phrases
from nlops.domain.config import TencentSms

PROVIDER = "Tencent Cloud"


class Tencent:
    """One application of one account."""

    def __init__(self, config: TencentSms) -> None:
        self._config = config

    async def send(self, message: Sms) -> None:
        """Raises Away where it was not taken."""
        request = {
            "PhoneNumberSet": [message.phone],
            "SmsSdkAppId": self._config.app_id,
            "SignName": self._config.sign,
            "TemplateId": self._config.template,
            "TemplateParamSet": [fill(one, message.values()) for one in self._config.parameters],
        }
        answer = await self._call("SendSms", request)
        status = answer.get("SendStatusSet") or [{}]
        code = status[0].get("Code")
        if code != "Ok":
            raise Away(phrases.PROVIDER_DID_NOT.of(provider=PROVIDER, error=code or phrases.NOTHING.of()))

    async def look(self) -> str:
        """Whether the account knows the template, and may use it; nothing is sent. Raises Away."""
        if not self._config.template.isdigit():
            raise Away(phrases.NO_TEMPLATE_NUMBER.of(template=repr(self._config.template)))
        request = {"International": 0, "TemplateIdSet": [int(self._config.template)]}
        found = (await self._call("DescribeSmsTemplateList", request)).get("DescribeTemplateStatusSet") or []
        if not found:
            raise Away(phrases.NO_TEMPLATE.of(provider=PROVIDER, template=self._config.template))
        # 0: approved (documented at DescribeTemplateListStatus.StatusCode)
        if found[0].get("StatusCode") != 0:
            raise Away(phrases.NO_APPROVAL.of(template=self._config.template))
        return f"template {self._config.template} is approved"

    async def _call(self, action: str, request: dict[str, Any]) -> dict[str, Any]:
        from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

        try:
            async with asyncio.timeout(self._config.timeout_s):
                answer = await asyncio.to_thread(self._ask, action, request)
        except TimeoutError:
            raise Away(phrases.NO_ANSWER.of(seconds=f"{self._config.timeout_s:g}")) from None
        except TencentCloudSDKException as error:
            # Its code only: the message of a network error holds the address, others repeat what was sent.
            raise Away(phrases.REFUSED.of(provider=PROVIDER, error=error.code)) from None
        except Exception as error:
            # Whatever the library makes of an answer that is none: a provider must not end the service.
            raise Away(phrases.PROVIDER_AWAY.of(provider=PROVIDER, error=type(error).__name__)) from None
        inner = answer.get("Response") if isinstance(answer, dict) else None
        if not isinstance(inner, dict):
            raise Away(phrases.NO_SUCH_ANSWER.of(provider=PROVIDER))
        return inner

    def _ask(self, action: str, request: dict[str, Any]) -> Any:
        from tencentcloud.common.credential import Credential
        from tencentcloud.common.profile.client_profile import ClientProfile
        from tencentcloud.common.profile.http_profile import HttpProfile
        from tencentcloud.sms.v20210111.sms_client import SmsClient

        where = urlsplit(self._config.endpoint)
        http = HttpProfile(protocol=where.scheme, endpoint=where.netloc, reqTimeout=max(1, int(self._config.timeout_s)))
        key = Credential(self._config.secret_id.reveal(), self._config.secret_key.reveal())
        client = SmsClient(key, self._config.region, ClientProfile(httpProfile=http))
        answer = client.call(action, request)
        return json.loads(answer)

"""What a message says, in the language of its channel. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Bangkok")

LANGUAGES = ("en", "th", "zh")

STEPS: Mapping[str, Mapping[str, str]] = {
    "en": {"raised": "Alarm", "escalated": "Nobody has acknowledged", "worsened": "Worse", "cleared": "Over"},
    "th": {"raised": "แจ้งเตือน", "escalated": "ยังไม่มีผู้รับทราบ", "worsened": "รุนแรงขึ้น", "cleared": "สิ้นสุดแล้ว"},
    "zh": {"raised": "警报", "escalated": "尚无人确认", "worsened": "恶化", "cleared": "已解除"},
}
SEVERITIES: Mapping[str, Mapping[str, str]] = {
    "en": {"info": "for information", "warning": "warning", "critical": "critical"},
    "th": {"info": "แจ้งให้ทราบ", "warning": "เตือน", "critical": "วิกฤต"},
    "zh": {"info": "提示", "warning": "警告", "critical": "严重"},
}
SUBJECTS: Mapping[str, Mapping[str, str]] = {
    "en": {},
    "th": {
        "gateway": "เกตเวย์",
        "sensor": "เซนเซอร์",
        "lot": "ล็อต",
        "shipment": "การขนส่ง",
        "truck": "รถ",
        "run": "เที่ยวรถ",
    },
    "zh": {"gateway": "网关", "sensor": "传感器", "lot": "批次", "shipment": "货件", "truck": "卡车", "run": "班次"},
}


def title(document: Mapping[str, Any], language: str) -> str:
    """One line: what happened, to what, how bad."""
    step = str(document["step"]).split()[0]
    subject = SUBJECTS[language].get(document["subject_kind"], document["subject_kind"])
    severity = SEVERITIES[language][document["severity"]]
    return f"{STEPS[language][step]}: {subject} {document['subject']} ({severity})"


def body(document: Mapping[str, Any], link: str) -> str:
    """The summary as it was raised, since when, and where to look."""
    since = datetime.fromtimestamp(document["active_at_ms"] / 1000, ZONE).strftime("%Y-%m-%d %H:%M Asia/Bangkok")
    return "\n".join(part for part in (document["summary"], since, link) if part)

"""The topic grammar: what parses, what is refused with which words, and that nothing else ever happens."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.topics import SUBSCRIPTIONS, Address, Kind, TopicError, format_topic, parse_topic
from tests.telemetry.patience import PATIENT

LEVELS = st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=64)
OWN = st.one_of(
    st.builds(Address, LEVELS, LEVELS, st.sampled_from([Kind.STATUS, Kind.RECEIPT])),
    st.builds(Address, LEVELS, LEVELS, st.just(Kind.UP), LEVELS),
)
CHIRPSTACK = st.builds(
    Address,
    st.just(""),
    st.just(""),
    st.just(Kind.BRIDGE),
    st.just("chirpstack"),
    LEVELS,
    st.text("0123456789abcdef", min_size=16, max_size=16),
)
THINGS_STACK = st.builds(
    Address,
    st.just(""),
    st.just(""),
    st.just(Kind.BRIDGE),
    st.just("tts"),
    st.builds("{}@{}".format, LEVELS, LEVELS) | LEVELS,
    LEVELS,
)


def test_native_uplink() -> None:
    """Without a format level the payload is native JSON."""
    assert parse_topic("coldchain/v1/doi-tung/gw_1/up") == Address("doi-tung", "gw_1", Kind.UP, "native")


def test_uplink_with_format() -> None:
    """The level after up names the format."""
    assert parse_topic("coldchain/v1/doi-tung/gw_1/up/senml-cbor").format == "senml-cbor"


@pytest.mark.parametrize("kind", [Kind.STATUS, Kind.RECEIPT])
def test_status_and_receipt(kind: Kind) -> None:
    """The presence and the receipt topic carry tenant and gateway."""
    assert parse_topic(f"coldchain/v1/t/g/{kind}") == Address("t", "g", kind)


def test_chirpstack_event_is_a_bridge_address() -> None:
    """ChirpStack v4's event topic has application id and DevEUI, and no tenant of ours."""
    address = parse_topic("application/ca739e26-7b67-4f14-b69e-d568c22a5a75/device/24e124136b501234/event/up")
    assert address.kind is Kind.BRIDGE
    assert (address.format, address.tenant) == ("chirpstack", "")
    assert (address.application, address.device) == ("ca739e26-7b67-4f14-b69e-d568c22a5a75", "24e124136b501234")


def test_things_stack_uplink_is_a_bridge_address() -> None:
    """The Things Stack v3 names application and its own tenant in one level."""
    address = parse_topic("v3/cold-rooms@ttn/devices/eui-24e124136b501234/up")
    assert address == Address("", "", Kind.BRIDGE, "tts", "cold-rooms@ttn", "eui-24e124136b501234")


@pytest.mark.parametrize(
    ("topic", "word"),
    [
        ("", "publish on"),
        ("coldchain/v2/t/g/up", "publish on"),
        ("coldchain/v1/t/g", "status or receipt"),
        ("coldchain/v1/t/g/down", "status or receipt"),
        ("coldchain/v1/t/g/up/native/x", "status or receipt"),
        ("coldchain/v1/t/g/up\n", "kind"),
        ("coldchain/v1//g/up", "tenant"),
        ("coldchain/v1/ต้นทาง/g/up", "tenant"),
        ("coldchain/v1/t/a.b/up", "gateway"),
        ("coldchain/v1/t/+/up", "gateway"),
        ("coldchain/v1/t/" + "g" * 65 + "/up", "gateway"),
        ("application/a/device/nothex/event/up", "publish on"),
        ("x" * 70_000, "shorten"),
    ],
)
def test_outside_the_grammar_names_the_level(topic: str, word: str) -> None:
    """A refused topic says which level is wrong, or what to publish on."""
    with pytest.raises(TopicError, match=word):
        parse_topic(topic)


@PATIENT
@given(OWN | CHIRPSTACK | THINGS_STACK)
def test_every_address_has_one_topic(address: Address) -> None:
    """Formatting and parsing are inverse."""
    assert parse_topic(format_topic(address)) == address


@pytest.mark.parametrize(
    "address",
    [
        Address("", "g", Kind.UP),
        Address("a/b", "g", Kind.UP),
        Address("t", "g", Kind.STATUS, "senml"),
        Address("t", "g", Kind.BRIDGE, "chirpstack"),
    ],
)
def test_an_address_that_no_topic_says_is_refused(address: Address) -> None:
    """No address is turned into the topic of another one."""
    with pytest.raises(TopicError):
        format_topic(address)


@PATIENT
@given(st.text() | st.lists(st.text(max_size=8), max_size=8).map(lambda tail: "/".join(["coldchain", "v1", *tail])))
def test_any_text_parses_or_is_a_topic_error(topic: str) -> None:
    """Nothing but TopicError comes out, and whatever parses has clean levels."""
    try:
        address = parse_topic(topic)
    except TopicError:
        return
    assert parse_topic(format_topic(address)) == address


@PATIENT
@given(OWN | CHIRPSTACK | THINGS_STACK)
def test_the_subscriptions_cover_the_grammar(address: Address) -> None:
    """Every topic that parses matches exactly one filter, save receipts, which we send ourselves."""
    levels = format_topic(address).split("/")
    matching = [
        pattern
        for pattern in (entry.split("/") for entry in SUBSCRIPTIONS)
        if len(pattern) == len(levels) and all(p in ("+", level) for p, level in zip(pattern, levels, strict=True))
    ]
    assert len(matching) == (0 if address.kind is Kind.RECEIPT else 1)

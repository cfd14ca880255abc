"""Which network a request comes from."""

import pytest

from app.core.networks import network_hash, network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_an_address_stands_for_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


def test_the_hash_of_a_network_needs_the_key() -> None:
    assert network_hash("one key", "192.0.2.7") != network_hash("other key", "192.0.2.7")
    assert "192.0.2.7" not in network_hash("one key", "192.0.2.7")


def test_neighbours_of_one_ipv6_network_share_its_hash() -> None:
    assert network_hash("key", "2001:db8::1") == network_hash("key", "2001:db8::ffff")
    assert network_hash("key", "2001:db8::1") != network_hash("key", "2001:db8:0:1::1")

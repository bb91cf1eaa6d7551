"""The address that limits are counted for."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address, ip_network

from flask import Request

ONE_HOUSEHOLD = 64
"""Bits of an IPv6 address that its owner does not choose; the rest they may change with every request."""


def counted_address(asked: Request) -> str:
    """Where a request comes from: an IPv4 address, or the network of an IPv6 address."""
    text = asked.remote_addr or ""
    try:
        address = ip_address(text.split("%")[0])
    except ValueError:
        return text
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((address, ONE_HOUSEHOLD), strict=False))

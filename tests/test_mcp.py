"""The same answers for agents: a real MCP client, where the extra ``[mcp]`` is installed."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.page import CannedLibrary

mcp = pytest.importorskip("mcp", reason="the extra [mcp] is not installed")


def test_a_client_asks_and_verifies(canned: CannedLibrary, canned_url: str) -> None:
    from mcp.client.streamable_http import streamablehttp_client

    async def converse() -> tuple[set[str], Any, Any]:
        async with (
            streamablehttp_client(f"{canned_url}gradio_api/mcp/") as (read, write, _),
            mcp.ClientSession(read, write) as session,
        ):
            await session.initialize()
            names = {tool.name for tool in (await session.list_tools()).tools}
            answer = await session.call_tool("ask", {"question": "story"})
            verdict = await session.call_tool("verify", {"words": answered[0].text})
            return names, _read(answer), _read(verdict)

    answered = canned.answers["story"]("story").quotes
    with ThreadPoolExecutor(1) as pool:  # the browser's tests have a loop in this thread
        names, answer, verdict = pool.submit(asyncio.run, converse()).result()
    assert names == {"ask", "retrieve", "documents", "verify"}
    assert [quote["text"] for quote in answer["quotes"]] == [quote.text for quote in answered]
    assert verdict["verbatim"] is True


def _read(result: Any) -> Any:
    assert not result.isError
    return json.loads(result.content[0].text)

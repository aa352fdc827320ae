"""The agents' server, asked by the SDK's own client over stdio."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from mcp import Client, StdioServerParameters

STARTER = ["-m", "usedfor", "mcp"]


def test_tools_and_citations_over_stdio() -> None:
    async def talk() -> dict[str, Any]:
        async with Client(StdioServerParameters(command=sys.executable, args=STARTER)) as client:
            tools = {t.name: t for t in (await client.list_tools()).tools}
            asked = await client.call_tool("ask", {"question": "what is ketamine used for"})
            unknown = await client.call_tool("brief", {"medicine": "ketamin"})
            evidence = await client.call_tool(
                "evidence", {"medicine": "esketamine", "condition": "depression"}
            )
            uri = asked.structured_content["references"][0]["uri"]
            words = await client.read_resource(uri)
            return {
                "tools": tools,
                "asked": asked.structured_content,
                "unknown": unknown,
                "evidence": evidence.structured_content,
                "words": words.contents[0].text,
            }

    found = asyncio.run(talk())
    assert set(found["tools"]) == {"brief", "ask", "check", "search", "evidence", "changes"}
    assert all(t.output_schema for t in found["tools"].values())
    asked = found["asked"]
    assert asked["answered"]
    assert "anesthesia" in asked["answer"][0]["text"]
    assert asked["references"][0]["uri"].startswith("usedfor://citation/")
    assert found["unknown"].is_error
    assert "near names: ketamine" in found["unknown"].content[0].text
    assert found["evidence"]["medicine"] == "esketamine"
    assert found["evidence"]["uses"][0]["statements"]
    assert found["words"] == "The text of this document is not on this machine."

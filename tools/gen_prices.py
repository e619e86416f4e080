#!/usr/bin/env python3
"""Writes src/catalog/sheet.tsv from a public list of prices.

  tools/gen_prices.py model_prices_and_context_window.json

The input is the list that the LiteLLM project publishes in its repository and package: an object of models, each with its provider and
its prices in dollars per token. Facts are taken over, for the providers that are served, in dollars per million tokens. The output is
data: read the diff before it is committed. What is missing in a column is said at the head of the file.
"""
import decimal
import json
import pathlib
import sys

OURS = {
    "openai": "openai",
    "text-completion-openai": "openai",
    "anthropic": "anthropic",
    "gemini": "gemini",
    "mistral": "mistral",
    "xai": "xai",
    "deepseek": "deepseek",
    "perplexity": "perplexity",
    "groq": "groq",
    "cerebras": "cerebras",
    "fireworks_ai": "fireworks",
    "fireworks_ai-embedding-models": "fireworks",
    "nebius": "nebius",
    "parasail": "parasail",
    "openrouter": "openrouter",
}
MODES = {"chat", "responses", "embedding", "completion", "moderation"}
TOKEN_COLUMNS = {
    "input": "input_cost_per_token",
    "output": "output_cost_per_token",
    "cache_read": "cache_read_input_token_cost",
    "cache_write": "cache_creation_input_token_cost",
    "cache_write_1h": "cache_creation_input_token_cost_above_1hr",
    "reasoning": "output_cost_per_reasoning_token",
    "input_audio": "input_cost_per_audio_token",
    "output_audio": "output_cost_per_audio_token",
    "input_image": "input_cost_per_image_token",
    "output_image": "output_cost_per_image_token",
}
TIERED = ("input", "output", "cache_read", "cache_write")
HEAD = """\
# Prices in dollars per million tokens, facts of public price lists; written by tools/gen_prices.py.
# A price that is missing: of what is read from or written to a cache and of media, that of the input; of reasoning and media, that of
# the output; of cache writes that live an hour, that of cache writes. `tier` is the number of input tokens above which the tier_ columns
# hold. `search` is dollars for a web search.
"""


def dollars(value, factor=1_000_000):
    if value is None:
        return ""
    text = f"{decimal.Decimal(repr(value)) * factor:.9f}".rstrip("0").rstrip(".")
    return text or "0"


def tier_of(entry):
    for above in (100, 128, 200, 256, 272):
        if f"input_cost_per_token_above_{above}k_tokens" in entry:
            return above
    return None


def row_of(entry):
    row = {name: dollars(entry.get(key)) for name, key in TOKEN_COLUMNS.items()}
    search = entry.get("search_context_cost_per_query") or {}
    row["search"] = dollars(search.get("search_context_size_medium"), 1)
    above = tier_of(entry)
    row["tier"] = str(above * 1000) if above else ""
    for name in TIERED:
        row["tier_" + name] = dollars(entry.get(f"{TOKEN_COLUMNS[name]}_above_{above}k_tokens")) if above else ""
    row["context"] = str(entry.get("max_input_tokens") or entry.get("max_tokens") or "")
    row["max_output"] = str(entry.get("max_output_tokens") or "")
    return row


def main():
    source = json.loads(pathlib.Path(sys.argv[1]).read_text())
    rows = {}
    for name, entry in source.items():
        provider = OURS.get(entry.get("litellm_provider"))
        if provider is None or entry.get("mode") not in MODES or "input_cost_per_token" not in entry:
            continue
        model = name.removeprefix(entry["litellm_provider"] + "/")
        if model.startswith("ft:"):
            continue
        rows[provider, model] = row_of(entry)
    # So that budgets can be tried without a provider.
    demo = {"input": "0.5", "output": "1.5", "cache_read": "0.05", "context": "128000", "max_output": "16384"}
    for model in ("chat", "reasoner"):
        rows["demo", model] = demo
    columns = list(row_of({}))
    root = pathlib.Path(__file__).resolve().parent.parent
    with open(root / "src/catalog/sheet.tsv", "w") as out:
        out.write(HEAD)
        out.write("\t".join(["provider", "model", *columns]) + "\n")
        for (provider, model), row in sorted(rows.items()):
            cells = [provider, model] + [str(row.get(column, "")) for column in columns]
            out.write("\t".join(cells).rstrip("\t") + "\n")
    print(f"{len(rows)} models")


if __name__ == "__main__":
    main()

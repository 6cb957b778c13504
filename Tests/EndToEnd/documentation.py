"""The documentation's examples: what stands between fences, and the mark in front of it that says what is to be done with it.

    <!-- not run: WHY -->          an example that can't be
    <!-- sent to: POST /v1/… -->   JSON that is a request's body
    <!-- part of: POST /v1/… -->   JSON that is some fields of one
    <!-- schema: NAME -->          JSON that /openapi.yaml has a schema of
    <!-- compiled: WHAT -->       what scripts/test-consumer builds and runs

`sh` blocks are run without a mark; `console` blocks too, where lines with `$` are commands and the others what is printed.
"""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", *sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs").glob("*.md"))]
EXAMPLE = re.compile(r"^(?:<!-- (?P<mark>.+?) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.S | re.M)


@dataclass
class Example:
    page: str
    language: str
    text: str
    verb: str
    object: str

    def __str__(self):
        return f"{self.page}: {self.text.splitlines()[0][:60]}"


def text(page):
    return (ROOT / page).read_text()


def examples(page):
    for found in EXAMPLE.finditer(text(page)):
        verb, _, thing = (found["mark"] or "").partition(": ")
        yield Example(page, found["language"], found["text"], verb, thing)


def shell_blocks(page):
    return [each for each in examples(page) if each.language in ("sh", "console") and each.verb != "not run"]


def json_blocks():
    return [each for page in PAGES for each in examples(page) if each.language == "json"]

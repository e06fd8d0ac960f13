"""A page in a real browser: what a reader's clicks show, and what the browser complains of."""

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest

__all__ = ["found_by_searching", "needs_chromium", "opened"]

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_CHROMIUM = next((path for path in map(shutil.which, _NAMES) if path), None)
needs_chromium = pytest.mark.skipif(_CHROMIUM is None, reason="needs Chromium")

_LISTEN = """<script>
const problems = [];
addEventListener("error", event => problems.push(event.message));
addEventListener("unhandledrejection", event => problems.push(String(event.reason)));
const report = console.error;  // the library of reports also warns of its style here
console.error = (...words) => {
  if (!String(words[0]).startsWith("Warning:")) problems.push(words.join(" "));
  report(...words);
};
const pause = (time = 50) => new Promise(done => setTimeout(done, time));
</script>"""
_SAY = """<script>
addEventListener("load", () => read().catch(error => problems.push(String(error))).then(seen => {
  const said = document.createElement("pre");
  said.id = "said";
  said.textContent = JSON.stringify({seen, problems});
  document.body.append(said);
}));
</script>"""


def _read(page: Path, script: str) -> Any:
    """What a function `read` of a script returns, in a copy of a page beside it.

    No error may reach the console.
    """
    assert _CHROMIUM is not None
    text = page.read_text(encoding="utf-8").replace("<head>", "<head>" + _LISTEN, 1)
    head, body, tail = text.rpartition("</body>")
    copy = page.with_name(f"reads_itself_{page.name}")
    copy.write_text(f"{head}<script>{script}</script>{_SAY}{body}{tail}", encoding="utf-8")
    how = ["--headless=new", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=60000"]
    done = subprocess.run(
        [_CHROMIUM, *how, "--dump-dom", copy.as_uri()],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    copy.unlink()
    found = re.search(r'<pre id="said">(.*?)</pre>', done.stdout, re.S)
    assert found, done.stderr[-2000:]
    said = json.loads(unescape(found[1]))
    assert said["problems"] == []
    return said["seen"]


def opened(report: Path) -> dict[str, Any]:
    """Open every category of Snakemake's report, and its first figure or table, as a reader does.

    Returns:
        By category and subcategory, what was there; and as "front", the words that it opens with.
    """
    seen: dict[str, Any] = _read(
        report,
        """
        const link = text =>
          [...document.querySelectorAll("nav a")].find(a => a.innerText.trim() === text);
        async function read() {
          await pause();
          const seen = {front: document.querySelector("#app").innerText};
          for (const [category, parts] of Object.entries(categories)) {
            const names = Object.keys(parts);
            for (const part of names) {
              app.setView({navbarMode: "menu"});
              await pause();
              link(category).click();
              await pause();
              if (names.length > 1) { link(part).click(); await pause(); }
              const rows = document.querySelectorAll("nav tbody tr");
              rows[0].querySelector("a, button").click();
              await pause();
              const {content: shows, resultPath: path} = app.state;
              const frame = !!document.querySelector("iframe, embed, object");
              seen[`${category}/${part}`] = {rows: rows.length, shows, path, frame};
            }
          }
          return seen;
        }
        """,
    )
    return seen


def found_by_searching(page: Path, words: str) -> list[str]:
    """What the search box of a page of the site leads to, best first."""
    found: list[str] = _read(
        page,
        f"""
        async function read() {{
          await pause(1000);
          const box = document.querySelector("[data-md-component=search-query]");
          box.focus();
          box.value = {json.dumps(words)};
          box.dispatchEvent(new Event("keyup", {{bubbles: true}}));
          await pause(3000);
          const links = document.querySelectorAll(".md-search-result__item a");
          return [...links].map(link => link.href);
        }}
        """,
    )
    return found

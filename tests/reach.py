"""Whether a page is within reach: where focus is, what axe finds, what sticks out."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from observed import Observed


def focus_is_on(shown: Observed, selector: str) -> bool:
    return bool(shown.page.evaluate("selector => document.activeElement.matches(selector)", selector))


def press_until(shown: Observed, key: str, selector: str, *, at_most: int = 40) -> None:
    """Press a key until focus is on the element."""
    for _ in range(at_most):
        if focus_is_on(shown, selector):
            return
        shown.page.keyboard.press(key)
    pytest.fail(f"{key} does not reach {selector}")


def violations(shown: Observed) -> list[str]:
    """What breaks WCAG 2.2 at level AA or axe's best practices, with the element."""
    _wait_until_still(shown)
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    results = Axe().run(shown.page, options={"runOnly": rules, "resultTypes": ["violations"]})
    found = results.response["violations"]
    return [f"{violation['id']}: {node['html']}" for violation in found for node in violation["nodes"]]


def _wait_until_still(shown: Observed) -> None:
    """Wait for fades and slides: half-way through one, axe reads a contrast that nobody is meant to see.

    What turns for ever, such as a wheel of waiting, is not waited for.
    """
    shown.page.wait_for_function(
        """() => document.getAnimations().every(animation =>
            animation.playState !== 'running' || animation.effect?.getComputedTiming().endTime === Infinity)"""
    )


def sideways_room(shown: Observed, within: str = ".ct-app") -> int:
    """By how many pixels something sticks out to the right."""
    return int(
        shown.page.evaluate(
            """within => Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll(`${within} *`)]
                .filter(node => node.checkVisibility())
                .filter(node => !node.closest('.ct-hidden, .ct-skip, thead, math, .js-plotly-plot'))
                .map(node => Math.round(node.getBoundingClientRect().right))) - window.innerWidth""",
            within,
        )
    )

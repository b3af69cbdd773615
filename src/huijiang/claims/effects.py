"""What other rooms do when something happens to a claim: they subscribe, in their app's `ready`.

    @effects.on("approve")
    def reserve(claim: Claim, movement: Movement | None, **said: object) -> None: ...

An effect runs in the transaction of what it follows and falls with it; it may refuse by raising ClaimError.  One that
may as well come a little later (`later=True`: it tells people something, say) may also be run afterwards: a set-wise
step (`in_bulk`) leaves it to a job, claim by claim.  A set-wise step refuses events that anybody follows otherwise.

Names are those of `states.Event`, and:

| name | when | said |
|---|---|---|
| determined | a determination was made | determination |
| signed | somebody signed | act |
| due_made, due_cancelled | something is due, or no longer | due |
| notice_published, notice_taken_down | a claim stands on a notice, or no longer | entry |
| disputed, dispute_answered | an objection came in, or was answered | dispute |
| correction_asked | a list of corrections was sent | correction |
| assigned | somebody has the claim now | |
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from huijiang.claims.states import Event

if TYPE_CHECKING:
    from huijiang.claims.models import Claim, Movement

Effect = Callable[..., None]
NAMES: Final = frozenset({str(each) for each in Event} | {
    "determined", "signed", "due_made", "due_cancelled", "notice_published", "notice_taken_down", "disputed",
    "dispute_answered", "correction_asked", "assigned",
})  # fmt: skip
_SUBSCRIBED: dict[str, list[Effect]] = {}
_LATER: set[Effect] = set()


def on(*names: str, later: bool = False) -> Callable[[Effect], Effect]:
    """Subscribe to some of NAMES.  Raises KeyError for a name that never happens."""
    for name in names:
        if name not in NAMES:
            raise KeyError(f"{name}；应为 expected one of {sorted(NAMES)}")

    def subscribed(effect: Effect) -> Effect:
        for name in names:
            if effect not in _SUBSCRIBED.setdefault(name, []):
                _SUBSCRIBED[name].append(effect)
        if later:
            _LATER.add(effect)
        return effect

    return subscribed


def off(name: str, effect: Effect) -> None:
    """Take a subscription back."""
    _SUBSCRIBED[name].remove(effect)


def tell(name: str, claim: Claim, movement: Movement | None = None, **said: object) -> None:
    """Run what is subscribed, in the order of subscribing."""
    for effect in _SUBSCRIBED.get(name, ()):
        effect(claim=claim, movement=movement, **said)


def can_wait(name: str) -> bool:
    """Whether something is subscribed, to be told after the transaction as well.  Raises LookupError where an effect
    has to run within it: then claims are moved one by one."""
    bound = [each.__qualname__ for each in _SUBSCRIBED.get(name, ()) if each not in _LATER]
    if bound:
        raise LookupError(
            f"{name}: 须逐件办理 one claim at a time, for {', '.join(bound)}; 或声明 or declare later=True"
        )
    return bool(_SUBSCRIBED.get(name))

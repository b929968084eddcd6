"""The loop: draw, descend, save. Killed at any moment it loses only the time since the last save.

Resuming gives the very weights of an uninterrupted run: a step depends on its number alone, no
dropout is used, and a checkpoint holds weights, optimiser and step.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from safetensors.torch import save_file

from training.mixture import Mixture

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how hard to train.

    Attributes:
        steps: Steps in all.
        rate: Learning rate after the warm-up.
        embedding_factor: Times the rate, for word embeddings, each of which is seldom seen.
        warmup: Steps of rising rate.
        cooldown: Share of the steps, the last ones, over which the rate falls to nothing; before
            that it is level, so the number of steps can still be changed (Hu et al. 2024, MiniCPM).
        save_seconds: Seconds between checkpoints.
    """

    steps: int
    rate: float = 5e-5
    embedding_factor: float = 3.0
    warmup: int = 60
    cooldown: float = 0.4
    save_seconds: float = 300.0

    def rate_at(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        falling = max(1.0, self.steps * self.cooldown)
        return self.rate * min(1.0, (step + 1) / self.warmup, (self.steps - step) / falling)


class Network(Protocol):
    """What can be trained: a module, and where it computes."""

    @property
    def bert(self) -> torch.nn.Module:
        """Return the module whose parameters are trained where they require gradients."""

    @property
    def device(self) -> torch.device:
        """Return where it computes."""


class Trainer:
    """Master weights in float32, layers computed in the encoder's own type."""

    def __init__(self, student: Network, teacher: object, mixture: Mixture, plan: Plan) -> None:
        """Prepare the optimiser; nothing is trained yet."""
        self.student, self.teacher, self.mixture, self.plan = student, teacher, mixture, plan
        self.step = 0
        self.live = {k: p for k, p in student.bert.named_parameters() if p.requires_grad}
        self.master = {
            name: p if p.dtype == torch.float32 else torch.nn.Parameter(p.detach().float())
            for name, p in self.live.items()
        }
        words = "embeddings.word_embeddings.weight"
        slow = [p for name, p in self.master.items() if name == words]
        rest = [p for name, p in self.master.items() if name != words]
        groups = [
            {"params": slow, "factor": plan.embedding_factor},
            {"params": rest, "factor": 1.0},
        ]
        self.optimiser = torch.optim.AdamW(
            [group for group in groups if group["params"]],
            weight_decay=0.0,
            betas=(0.9, 0.98),
            fused=True,
        )

    def run(self, folder: Path, on_save: Callable[[Trainer], None] | None = None) -> None:
        """Train to the end of the plan, from the checkpoint in `folder` if there is one.

        Args:
            folder: Where checkpoints and half-precision snapshots go.
            on_save: Called after each checkpoint, to evaluate.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.load(folder / "checkpoint.pt")
        draws = self.mixture.draws(self.plan.steps)
        saved, sums = time.monotonic(), dict[str, list[float]]()
        while self.step < self.plan.steps:
            name, number = draws[self.step]
            sums.setdefault(name, []).append(self.descend(name, number))
            done = self.step == self.plan.steps
            if done or time.monotonic() - saved > self.plan.save_seconds:
                means = {key: round(sum(v) / len(v), 3) for key, v in sorted(sums.items())}
                log.info("step %d of %d: losses %s", self.step, self.plan.steps, means)
                self.save(folder)
                if on_save:
                    on_save(self)
                saved, sums = time.monotonic(), {}

    def descend(self, name: str, number: int) -> float:
        """Take one step on one batch; return its loss."""
        loss = self.mixture.tasks[name].loss(self.student, self.teacher, number)
        torch.autograd.backward(loss)
        for key, parameter in self._copied():
            gradient = parameter.grad
            self.master[key].grad = None if gradient is None else gradient.float()
            parameter.grad = None
        torch.nn.utils.clip_grad_norm_(self.master.values(), 1.0)
        for group in self.optimiser.param_groups:
            group["lr"] = self.plan.rate_at(self.step) * group["factor"]
        self.optimiser.step()
        self.optimiser.zero_grad()
        self._publish()
        self.step += 1
        return loss.item()

    def save(self, folder: Path) -> None:
        """Write a checkpoint, atomically, and a half-precision snapshot of the weights."""
        state: dict[str, Any] = {
            "step": self.step,
            "weights": {key: p.detach() for key, p in self.master.items()},
            "optimiser": self.optimiser.state_dict(),
        }
        partial = folder / "checkpoint.partial"
        torch.save(state, partial)
        partial.replace(folder / "checkpoint.pt")
        half = {key: p.detach().half().contiguous() for key, p in self.master.items()}
        save_file(half, folder / f"step-{self.step:06d}.safetensors", {"format": "pt"})

    def load(self, path: Path) -> None:
        """Go back to a checkpoint; without one, stay at the start."""
        if not path.exists():
            return
        state = torch.load(path, weights_only=True, map_location=self.student.device)
        with torch.no_grad():
            for key, parameter in self.master.items():
                parameter.copy_(state["weights"][key])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step = state["step"]
        self._publish()

    def _copied(self) -> list[tuple[str, torch.nn.Parameter]]:
        """List the parameters that compute in another type than they are kept in."""
        return [(key, p) for key, p in self.live.items() if p is not self.master[key]]

    def _publish(self) -> None:
        with torch.no_grad():
            for key, parameter in self._copied():
                parameter.copy_(self.master[key])

"""A prediction beside an observation, and how far apart they are."""

from dataclasses import dataclass

from telemetry.freshness.validation.cases import Case

ALLOWED_FOLD = 1.5


@dataclass(frozen=True, slots=True)
class Prediction:
    """Predicted days, with the 80 % interval where the predictor gives one."""

    days: float
    low_days: float | None
    high_days: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One case and what one predictor said."""

    case: Case
    prediction: Prediction

    @property
    def fold(self) -> float | None:
        """max(predicted / observed, observed / predicted); None for a one-sided observation."""
        observed = self.case.observed_days
        if observed is None:
            return None
        return max(self.prediction.days / observed, observed / self.prediction.days)

    @property
    def over(self) -> bool | None:
        """Whether the prediction is beyond ×1.5 of what was observed; None where the observation has no upper end."""
        upper = self.case.observed_days or self.case.high_days
        return None if upper is None else self.prediction.days > ALLOWED_FOLD * upper

    @property
    def within(self) -> bool:
        """Whether the prediction is within ×1.5 of the observation, or breaks a one-sided one by no more than that."""
        if self.fold is not None:
            return self.fold <= ALLOWED_FOLD
        low, high, days = self.case.low_days, self.case.high_days, self.prediction.days
        return (low is None or days * ALLOWED_FOLD >= low) and (high is None or days <= ALLOWED_FOLD * high)

    @property
    def covered(self) -> bool | None:
        """Whether the 80 % interval holds the observation; None without an interval or for a one-sided observation."""
        observed, low, high = self.case.observed_days, self.prediction.low_days, self.prediction.high_days
        return None if observed is None or low is None or high is None else low <= observed <= high

"""What all nouns share: they are frozen, and unknown fields are an error."""

from pydantic import BaseModel, ConfigDict


class Noun(BaseModel):
    """A frozen value; equality is by content, unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

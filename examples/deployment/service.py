"""A fitted model behind HTTP: typed records in, predictions out.

Run as ``uvicorn --factory service:app``. Three variables of the environment say what it
serves: ``MODEL``, a file of :func:`skprivate.security.save_private_model`; ``SCHEMA``,
one of :meth:`skprivate.schema.Schema.to_json`; and ``VERIFY``, the public key (32
bytes, in hexadecimal digits) of whoever has signed the model.
"""

import os
from datetime import datetime
from typing import Literal

import numpy as np
import pandas as pd
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    create_model,
)

from skprivate import privacy_report
from skprivate.schema import Schema
from skprivate.security import load_private_model

MOST_ROWS = 10_000
# What is missing is null in JSON.
TYPES = {
    "number": StrictFloat | None,
    "category": StrictStr | StrictInt | StrictFloat | StrictBool | None,
    "boolean": StrictBool | None,
    "date": datetime | None,
}


def record_of(schema):
    """The type of one record: all columns of the table, and no other key."""
    columns = {
        f"column_{j}": (TYPES[field.kind], Field(alias=name))  # names may be anything
        for j, (name, field) in enumerate(schema.items())
    }
    rules = ConfigDict(extra="forbid", allow_inf_nan=False)
    return create_model("Record", __config__=rules, **columns)


def frame_of(records, schema):
    """A frame whose columns have the order and types of the table that was fitted."""
    rows = [record.model_dump(by_alias=True) for record in records]
    frame = pd.DataFrame(rows, columns=[*schema])
    for name, field in schema.items():
        if field.kind == "number":
            frame[name] = frame[name].astype(np.float64)
        elif field.kind == "date":
            frame[name] = pd.to_datetime(frame[name], utc=True).dt.tz_localize(None)
        else:
            frame[name] = frame[name].astype(object)
    return frame


def service_of(model, schema):
    """The service of one model.

    Parameters
    ----------
    model : fitted classifier or regressor
    schema : Schema
        Of the table that it was fitted on.

    Returns
    -------
    FastAPI
    """
    service = FastAPI(title=type(model).__name__)
    record, report = record_of(schema), privacy_report(model).to_dict()

    class Question(BaseModel):
        model_config = ConfigDict(extra="forbid")
        records: list[record] = Field(min_length=1, max_length=MOST_ROWS)

    class Ready(BaseModel):
        status: Literal["ready"] = "ready"

    @service.post("/predict")
    def predict(question: Question):
        answer = {"predictions": model.predict(frame_of(question.records, schema))}
        return {name: values.tolist() for name, values in answer.items()}

    @service.get("/privacy")
    def privacy():
        return report

    @service.get("/ready")
    def ready() -> Ready:
        return Ready()

    @service.exception_handler(RequestValidationError)
    def refuse(request: Request, error: RequestValidationError):
        """Says where a record is wrong, and not what stood there: logs keep answers."""
        wrong = [{"where": e["loc"], "why": e["type"]} for e in error.errors()]
        return JSONResponse({"detail": wrong}, status_code=422)

    return service


def app():
    """The service that the environment describes."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(os.environ["VERIFY"]))
    model = load_private_model(os.environ["MODEL"], verify=key)
    return service_of(model, Schema.from_json(os.environ["SCHEMA"]))

"""What passes between the window's process and the engine's, over two pipes of its own: frames of `content.wire`.

Every frame is a tuple with one of these words first:

- to the engine: `(CALL, id, path, args, kwargs)`, where `path` is a service and its method, `reading.page`, or a
  method of the services themselves, `start`; `(CANCEL, id)`. The end of the pipe ends the engine in order.
- to the window: first `(READY, looks, facts, ahead)` or `(FAILED, error)`; then, as they come, `(ANSWER, id, value,
  error)`, `(SAID, event)`, and `(KNOWN, looks, facts)` where networks were added.

`looks` are `core.looks.NetworkLook`s; `facts` is a pickle of its own, since the window needs the facts of networks only
when a dialog or the composer opens; `ahead` are answers to what the window asks first (`app.ahead`).
"""

CALL, CANCEL = "call", "cancel"
READY, FAILED, ANSWER, SAID, KNOWN = "ready", "failed", "answer", "said", "known"

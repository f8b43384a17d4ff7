"""What helpers show, seen without a notebook.

Outside of a kernel IPython prints the data of an output as a dictionary, and ipywidgets keeps its widgets without
sending them anywhere. So the real outputs can be read back, and the real buttons pressed.
"""

import ast

import ipywidgets

WIDGET = "application/vnd.jupyter.widget-view+json"


def outputs(capsys):
    """Every output that was shown since the last call, as a dictionary by MIME type."""
    return [ast.literal_eval(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


def widget(output):
    """The widget that an output shows."""
    return ipywidgets.widget_serialization["from_json"](f"IPY_MODEL_{output[WIDGET]['model_id']}", None)


def below(parent, kind):
    """All widgets of a kind inside another, in the order in which they are seen."""
    found = [parent] if isinstance(parent, kind) else []
    for child in getattr(parent, "children", ()):
        found += below(child, kind)
    return found


def words(parent):
    """Everything that a widget says in its HTML parts."""
    return "\n".join(part.value for part in below(parent, ipywidgets.HTML))

"""The rules a drawing must keep, a family to a module. The way in is `bpmn.lint`."""

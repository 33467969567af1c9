"""How a BPMN file is read, a part of the file to a module. The way in is `bpmn.parse.parse_bpmn`."""

"""What a picture of a process is made of: letters, marks and shapes. The way in is `bpmn.diagram.svg`."""
